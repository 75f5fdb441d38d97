/**
 * Declaring the options of a call once: a table of rows, of which each has its type, what is accepted, its default, and how it
 * is written on a command line. The comment above a row is what editors show of the option.
 */
import { closest } from '../errors/closest.ts';
import { OptionError } from '../errors/errors.ts';
import { shown } from '../errors/shown.ts';
import { requireKnownOptions } from './known-options.ts';
import { writtenNumber } from './written-number.ts';

/** What a row may say of its option. */
export interface Declaration<Default = undefined> {
  /** taken where the option is not given */
  readonly default?: Default;
  /** the flag of a command line with its argument, such as `-k, --top-k <n>`; none if there is no such flag */
  readonly flag?: string;
  /** what the help says of the flag */
  readonly help?: string;
  /** whether a value is one of the option's; default: what the row's type says */
  readonly accepts?: (value: unknown) => boolean;
  /** what an error says after the option's name, such as ` must be a positive integer` */
  readonly refusal?: string;
}

/** One option whose values are of a type. */
export interface Row<Value, Default = undefined> extends Declaration<Default> {
  /** whether a command line must have the flag; default false */
  readonly required?: boolean;
  /** the only values of text there are */
  readonly choices?: readonly string[];
  /** the value that the text behind a flag stands for; default: the text; throws OptionError */
  readonly parse?: (text: string) => Value;
}

/** The options of a call, by their names. */
export type Table = Readonly<Record<string, Row<unknown, unknown>>>;

/** What a caller may give, by a table. */
export type OptionsOf<Rows extends Table> = {
  [Name in keyof Rows]?: ValueOf<Rows[Name]> | undefined;
};

type ValueOf<Each> = Each extends Row<infer Value, unknown> ? Value : never;
type WithDefault<Rows extends Table> = {
  [Name in keyof Rows]: Rows[Name] extends Row<unknown, undefined> ? never : Name;
}[keyof Rows];

/** Options that have been read: what has a default is there, and nothing is undefined. */
export type ReadOptions<Rows extends Table> = { [Name in WithDefault<Rows>]: ValueOf<Rows[Name]> } & {
  [Name in Exclude<keyof Rows, WithDefault<Rows>>]?: ValueOf<Rows[Name]>;
};

/**
 * Reads options: refuses unknown names and values that are not accepted, and fills in defaults.
 *
 * @param where the call, for error messages
 * @param table the rows whose values are wanted
 * @param others what else the call takes
 * @throws OptionError naming the first that is wrong; if the options are no object
 */
export function readOptions<Rows extends Table>(
  where: string,
  options: object,
  table: Rows,
  ...others: readonly Table[]
): ReadOptions<Rows> {
  const rows: Table = Object.assign({}, table, ...others);
  requireKnownOptions(where, options, Object.keys(rows));
  const given: Readonly<Record<string, unknown>> = { ...options };
  const read = Object.entries(rows).map(([name, row]): [string, unknown] => {
    const value = given[name];
    if (value === undefined) return [name, row.default];
    if (row.accepts?.(value) === false) {
      const meant = row.choices && typeof value === 'string' ? closest(value, row.choices) : undefined;
      const remedy = meant === undefined ? '' : `; write ${shown(meant)}`;
      throw new OptionError(`${where}: ${name}${row.refusal}, got ${shown(value)}${remedy}`);
    }
    return [name, value];
  });
  return Object.fromEntries(read.filter(([, value]) => value !== undefined)) as ReadOptions<Rows>;
}

/** Those of the options given that a table has, without defaults. */
export function pickOptions<Rows extends Table>(
  given: OptionsOf<Rows>,
  table: Rows,
): { [Name in keyof Rows]?: ValueOf<Rows[Name]> } {
  const has = ([name, value]: [string, unknown]): boolean =>
    Object.hasOwn(table, name) && value !== undefined;
  return Object.fromEntries(Object.entries(given).filter(has)) as {
    [Name in keyof Rows]?: ValueOf<Rows[Name]>;
  };
}

/** A value of which TypeScript alone says what it is. */
export function value<Value>(row: Omit<Row<Value>, 'default'> = {}): Row<Value> {
  return row;
}

/** The row of a flag that a command line must have. */
export function required<Value>(row: Row<Value>): Row<Value, Value> {
  const { default: _none, ...rest } = row;
  return { ...rest, required: true };
}

/** A string. */
export function text<Default extends string | undefined = undefined>(
  declared: Declaration<Default> = {},
): Row<string, Default> {
  return { refusal: ' must be a string', accepts: (value) => typeof value === 'string', ...declared };
}

/** True or false; a flag without an argument. */
export function bool<Default extends boolean | undefined = undefined>(
  declared: Declaration<Default> = {},
): Row<boolean, Default> {
  return { refusal: ' must be true or false', accepts: (value) => typeof value === 'boolean', ...declared };
}

/** An integer of any sign, such as a seed. */
export function integer<Default extends number | undefined = undefined>(
  declared: Declaration<Default> = {},
): Row<number, Default> {
  return number('an integer', Number.isSafeInteger, declared);
}

/** An integer of at least 0. */
export function count<Default extends number | undefined = undefined>(
  declared: Declaration<Default> = {},
): Row<number, Default> {
  return number('an integer of at least 0', (value) => Number.isSafeInteger(value) && value >= 0, declared);
}

/** An integer of at least 1. */
export function positiveInteger<Default extends number | undefined = undefined>(
  declared: Declaration<Default> = {},
): Row<number, Default> {
  return number('a positive integer', (value) => Number.isSafeInteger(value) && value > 0, declared);
}

/** A number of at least 0. */
export function nonNegative<Default extends number | undefined = undefined>(
  declared: Declaration<Default> = {},
): Row<number, Default> {
  return number('a number of at least 0', (value) => Number.isFinite(value) && value >= 0, declared);
}

/** A number above 0. */
export function positive<Default extends number | undefined = undefined>(
  declared: Declaration<Default> = {},
): Row<number, Default> {
  return number('a number above 0', (value) => Number.isFinite(value) && value > 0, declared);
}

/** A number from 0 to 1. */
export function share<Default extends number | undefined = undefined>(
  declared: Declaration<Default> = {},
): Row<number, Default> {
  return number('a number from 0 to 1', (value) => value >= 0 && value <= 1, declared);
}

/**
 * A number of which more is asked.
 *
 * @param expected what it has to be, with its article
 */
export function number<Default extends number | undefined = undefined>(
  expected: string,
  is: (value: number) => boolean,
  declared: Declaration<Default> = {},
): Row<number, Default> {
  return {
    refusal: ` must be ${expected}`,
    accepts: (value) => typeof value === 'number' && is(value),
    parse(written) {
      const value = writtenNumber(written);
      if (!is(value)) throw new OptionError(`expected ${expected}`);
      return value;
    },
    ...declared,
  };
}

/** One of several names. */
export function choice<const Name extends string, Default extends NoInfer<Name> | undefined = undefined>(
  choices: readonly Name[],
  declared: Declaration<Default> = {},
): Row<Name, Default> & { readonly choices: readonly Name[] } {
  return {
    refusal: `: expected one of ${choices.join(', ')}`,
    accepts: (value) => choices.some((each) => each === value),
    choices,
    ...declared,
  };
}

/** Names, which a command line has with commas between. */
export function names(declared: Declaration = {}): Row<readonly string[]> {
  return {
    parse(written) {
      const list = written.split(',').map((name) => name.trim());
      if (list.includes('')) throw new OptionError('expected names with commas between');
      return list;
    },
    ...declared,
  };
}
