/** Completion in zsh. */
import type { Completed, CompletedFlag, CompletedVerb } from './completions.ts';

/** A script for a folder of `fpath`, under the name `_dinov2`, or to be sourced after `compinit`. */
export function zshScript(verbs: readonly CompletedVerb[]): string {
  return `#compdef dinov2 dinov2-tfjs
_dinov2() {
  local state line
  local -a verbs=(
${verbs.map(({ name, help }) => `    ${quoted(`${name}:${help}`)}`).join('\n')}
  )
  _arguments -C '1: :->verb' '*:: :->rest'
  if [[ $state == verb ]]; then
    _describe verb verbs
    return
  fi
  case $line[1] in
${verbs.map(verbCase).join('\n')}
  esac
}
if [[ $funcstack[1] == _dinov2 ]]; then
  _dinov2 "$@"
else
  compdef _dinov2 dinov2 dinov2-tfjs
fi
`;
}

function verbCase({ name, flags, argument }: CompletedVerb): string {
  const specs = [...flags.flatMap(flagSpecs), quoted(`*:argument:${action(argument)}`)];
  return `    ${name})
      _arguments \\
        ${specs.join(' \\\n        ')} ;;`;
}

/** One for each name; each excludes the others of its flag, unless it may be repeated. */
function flagSpecs({ names, help, value, isVariadic }: CompletedFlag): string[] {
  const explained = `[${help.replace(/[[\]:\\]/g, '\\$&')}]`;
  const given = value === undefined ? '' : `:value:${action(value)}`;
  const before = isVariadic ? '*' : `(${names.join(' ')})`;
  return names.map((name) => {
    const joined = value !== undefined && name.startsWith('--') ? '=' : '';
    return quoted(`${before}${name}${joined}${explained}${given}`);
  });
}

function action(completed: Completed): string {
  if (completed === 'unknown') return ' ';
  if (completed === 'files') return '_files';
  if (completed === 'folders') return '_files -/';
  return `(${completed.join(' ')})`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
