/** The flags of a verb, of tables of options: those of the library, and the command's own. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { closest } from '../errors/closest.ts';
import { OptionError, type option } from '../lib/index.ts';
import { grouped } from './flag-groups.ts';

/** What commander has read, by the names of flags. */
export type Parsed = Readonly<Record<string, unknown>>;

/** Adds a flag for each row that says one, the verb's own first; one that is there already stays. */
export function addFlags(command: Command, ...tables: readonly option.Table[]): Command {
  const rows = grouped(tables).flatMap(({ table, heading = '' }) =>
    Object.values(table).map((row) => ({ row, heading })),
  );
  for (const { row, heading } of rows) {
    if (row.flag === undefined) continue;
    const flag = new Option(row.flag, row.required ? `${row.help} (required)` : row.help);
    if (command.options.some(({ long }) => long === flag.long)) continue;
    const { choices, parse } = row;
    if (choices !== undefined) flag.choices([...choices]).argParser((text) => chosen(text, choices));
    if (parse !== undefined) flag.argParser((text) => parsed(text, parse));
    if (row.default !== undefined && row.default !== false) flag.default(row.default, written(row.default));
    if (heading !== '') flag.helpGroup(heading);
    command.addOption(flag);
    if (row.required) command.hook('preAction', () => requireFlag(command, flag));
  }
  return command;
}

/**
 * Refuses a command line without a flag, in commander's words. Commander's own mandatory options are asked for before it looks for flags that there are not:
 * it would call the model missing where somebody wrote `--modle`.
 */
function requireFlag(command: Command, flag: Option): void {
  if (command.getOptionValue(flag.attributeName()) === undefined)
    command.error(`error: required option '${flag.flags}' not specified`);
}

/** A default as it would be written; undefined: as commander writes it. */
function written(value: unknown): string | undefined {
  return Array.isArray(value) ? value.join(',') : undefined;
}

/** One of the choices; commander reports what this throws as a usage error. */
function chosen(text: string, choices: readonly string[]): string {
  if (choices.includes(text)) return text;
  const meant = closest(text, choices);
  throw new InvalidArgumentError(
    `Allowed choices are ${choices.join(', ')}.${meant === undefined ? '' : `\n(Did you mean ${meant}?)`}`,
  );
}

/** What a flag's text stands for; commander reports what this throws as a usage error. */
function parsed(text: string, parse: (text: string) => unknown): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw error instanceof OptionError ? new InvalidArgumentError(error.message) : error;
  }
}

/** The name under which commander has the value of a row; undefined if it has no flag. */
export function flagName({ flag }: option.Row<unknown, unknown>): string | undefined {
  return flag && new Option(flag).attributeName();
}

/** The values of a table's options on a command line, with defaults. */
export function valuesOf<Rows extends option.Table>(rows: Rows, given: Parsed): option.ReadOptions<Rows> {
  const values = Object.entries(rows).flatMap(([name, row]) => {
    const value = given[flagName(row) ?? ''] ?? row.default;
    return value === undefined ? [] : [[name, value]];
  });
  return Object.fromEntries(values);
}
