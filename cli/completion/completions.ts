/** What of a program can be completed, whichever shell does it. */
import type { Argument, Command, Option } from 'commander';

/** What may stand at a place: one of several words, names of files or folders, or something nobody can know. */
export type Completed = readonly string[] | 'files' | 'folders' | 'unknown';

/** A flag of a verb. */
export interface CompletedFlag {
  /** as it is written, e.g. `-m` and `--model` */
  readonly names: readonly string[];
  readonly help: string;
  /** what stands behind it; undefined for nothing */
  readonly value: Completed | undefined;
  /** whether it takes all words up to the next flag */
  readonly isVariadic: boolean;
}

/** A verb with what may follow it. */
export interface CompletedVerb {
  readonly name: string;
  readonly help: string;
  readonly flags: readonly CompletedFlag[];
  /** what its arguments are */
  readonly argument: Completed;
}

/** What can be completed of a program, whose verbs are loaded. */
export function completionsOf(program: Command): readonly CompletedVerb[] {
  return program.commands.map((command) => ({
    name: command.name(),
    help: command.description(),
    flags: [...[...command.options, ...program.options].map(flagOf), HELP],
    argument: completedArgument(command.registeredArguments),
  }));
}

const HELP: CompletedFlag = {
  names: ['-h', '--help'],
  help: 'display help for command',
  value: undefined,
  isVariadic: false,
};

function flagOf(option: Option): CompletedFlag {
  const names = [option.short, option.long].filter((name) => name !== undefined && name !== null);
  const hasValue = option.required || option.optional;
  const value = hasValue ? (option.argChoices ?? named(option.flags)) : undefined;
  return { names, help: option.description, value, isVariadic: option.variadic };
}

/** What the name of a value says of it, as in `--output <file>`. */
function named(flags: string): Completed {
  if (/<(file|files\.\.\.|model|source)>/.test(flags)) return 'files';
  return /<folder>/.test(flags) ? 'folders' : 'unknown';
}

/** Arguments are files, but for those with choices. */
function completedArgument([first]: readonly Argument[]): Completed {
  return first === undefined ? 'unknown' : (first.argChoices ?? 'files');
}
