/** Completion in bash, 3.2 (of macOS) or later. */
import type { Completed, CompletedVerb } from './completions.ts';

/**
 * A script for `.bashrc`.
 *
 * What may stand behind a flag comes first, then flags, then the arguments of the verb. bash cuts words at `=`, so that
 * `--pool=cls` is three of them. Names are read as lines: as words they would be globs.
 */
export function bashScript(verbs: readonly CompletedVerb[]): string {
  const names = verbs.map(({ name }) => name);
  return `# bash completion for dinov2
_dinov2_propose() {
  local line
  while IFS= read -r line; do
    [[ -n $line ]] && COMPREPLY+=("$line")
  done
}
_dinov2() {
  local IFS=$'\\n' verb= word
  local cur=\${COMP_WORDS[COMP_CWORD]} prev=\${COMP_WORDS[COMP_CWORD-1]}
  if [[ $cur == = ]]; then
    cur=
  elif [[ $prev == = ]]; then
    prev=\${COMP_WORDS[COMP_CWORD-2]}
  fi
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case $word in ${names.join('|')}) verb=$word; break ;; esac
  done
  COMPREPLY=()
  case $verb:$prev in
${verbs.flatMap(valueCases).join('\n')}
  esac
  case $verb:$cur in
    :*) ${reply([...names, 'help', '--help', '--version', '--quiet', '--debug'])} ;;
${verbs.map(flagsCase).join('\n')}
  esac
  case $verb in
${verbs.map(({ name, argument }) => `    ${name}) ${reply(argument)} ;;`).join('\n')}
  esac
}
complete -o filenames -F _dinov2 dinov2 dinov2-tfjs
`;
}

function valueCases({ name, flags }: CompletedVerb): string[] {
  return flags.flatMap(({ names, value }) =>
    value === undefined
      ? []
      : [`    ${names.map((flag) => `${name}:${flag}`).join('|')}) ${reply(value)}; return ;;`],
  );
}

function flagsCase({ name, flags }: CompletedVerb): string {
  return `    ${name}:-*) ${reply(flags.flatMap(({ names }) => names.filter((flag) => flag.startsWith('--'))))}; return ;;`;
}

/** The command that proposes what fits what is typed. */
function reply(completed: Completed): string {
  if (completed === 'unknown') return ':';
  if (completed === 'files') return '_dinov2_propose <<< "$(compgen -f -- "$cur")"';
  if (completed === 'folders') return '_dinov2_propose <<< "$(compgen -d -- "$cur")"';
  return `_dinov2_propose <<< "$(compgen -W $'${completed.join('\\n')}' -- "$cur")"`;
}
