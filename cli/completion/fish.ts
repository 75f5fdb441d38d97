/** Completion in fish. */
import type { Completed, CompletedFlag, CompletedVerb } from './completions.ts';

/** A script for `~/.config/fish/completions/dinov2.fish`. */
export function fishScript(verbs: readonly CompletedVerb[]): string {
  const lines = verbs.flatMap((verb) => [
    `complete -c dinov2 -n __fish_use_subcommand -f -a ${verb.name} -d ${quoted(verb.help)}`,
    ...verb.flags.map((flag) => `complete -c dinov2 -n ${behind(verb)} ${flagWords(flag)}`),
    ...(verb.argument === 'files'
      ? []
      : [`complete -c dinov2 -n ${behind(verb)} ${valueWords(verb.argument)}`]),
  ]);
  return ['# fish completion for dinov2', ...lines, 'complete -c dinov2-tfjs -w dinov2', ''].join('\n');
}

function behind({ name }: CompletedVerb): string {
  return `'__fish_seen_subcommand_from ${name}'`;
}

function flagWords({ names, help, value }: CompletedFlag): string {
  const written = names.map((name) => name.replace(/^--/, '-l ').replace(/^-(?=\w$)/, '-s '));
  const given = value === undefined ? [] : ['-r', valueWords(value)];
  return [...written, ...given, '-d', quoted(help)].join(' ');
}

function valueWords(completed: Completed): string {
  if (completed === 'unknown') return '-f';
  if (completed === 'files') return '-F';
  return `-f -a ${completed === 'folders' ? "'(__fish_complete_directories)'" : quoted(completed.join(' '))}`;
}

function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
