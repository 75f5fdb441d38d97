/**
 * Declaring the fields of a JSON file once: a table of rows, of which each has what reads its value, its default, and what
 * writes it. A field's name here is camel case, in JSON snake case. The comment above a row is what editors show of the field.
 */
import { Printed } from '../errors/printed.ts';
import type { FieldReader } from './field-readers.ts';
import type { JsonObject, JsonValue, ParsedObject } from './json-object.ts';

/** One field. */
export interface Field<T> {
  readonly read: FieldReader<T>;
  /** what it is where JSON does not say, or says null */
  readonly default: T;
  /** the flag, an earlier row, without which it is not used; then a value that can't be read is as good as none */
  readonly usedIf?: string;
  /** the value in JSON, or undefined to leave it out; default: as it is */
  write?(value: T, all: ParsedObject): JsonValue | undefined;
}

/** The fields of a file, by their names. */
export type FieldTable = Readonly<Record<string, Field<unknown>>>;

/** The values of all fields. */
export type ValuesOf<Table extends FieldTable> = { [Name in keyof Table]: Table[Name]['default'] };

/** A row whose type is what `read` returns. */
export function field<T>(
  read: FieldReader<T>,
  fallback: NoInfer<T>,
  more: Pick<Field<T>, 'usedIf' | 'write'> = {},
): Field<T> {
  return { read, default: fallback, ...more };
}

/** The values of an empty file. */
export function defaultsOf<Table extends FieldTable>(table: Table): ValuesOf<Table> {
  const entries = Object.entries(table).map(([name, row]) => [name, row.default]);
  return Object.fromEntries(entries) as ValuesOf<Table>;
}

/**
 * Reads the fields of an object; keys that are not in the table are passed over.
 *
 * @param defaults of fields that are not in the object; those that are not among them are left out
 * @param where the file's name, for error messages
 * @throws ConfigError naming the key and its value
 */
export function readFields<Table extends FieldTable, Defaults extends Partial<ValuesOf<Table>>>(
  table: Table,
  json: ParsedObject,
  defaults: Defaults,
  where: string,
): Partial<ValuesOf<Table>> & Defaults {
  const values: Record<string, unknown> = { ...defaults };
  for (const [name, { read, usedIf }] of Object.entries(table)) {
    const key = snakeCase(name);
    if (json[key] == null) continue;
    try {
      values[name] = read(json[key], `${where}: ${key}`);
    } catch (error) {
      if (usedIf === undefined || values[usedIf] === true) throw error;
    }
  }
  return values as Partial<ValuesOf<Table>> & Defaults;
}

/** The object of JSON that gives these values, its keys in order. */
export function fieldsToJson<Table extends FieldTable>(
  table: Table,
  values: Partial<ValuesOf<Table>>,
  others: JsonObject = {},
): JsonObject {
  const given: ParsedObject = values;
  const written = Object.entries(table).flatMap(([name, { write }]): [string, JsonValue][] => {
    // without `write` it is what was read from JSON
    const value = write === undefined ? (given[name] as JsonValue | undefined) : write(given[name], given);
    return value === undefined ? [] : [[snakeCase(name), value]];
  });
  return Object.fromEntries([...written, ...Object.entries(others)].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** A class whose instances have values as their properties. */
export function valueClass<Values extends object>(): abstract new (
  values: Values,
) => Readonly<Values> & Printed {
  abstract class Base extends Printed {
    constructor(values: Values) {
      super();
      Object.assign(this, values);
    }
  }
  return Base as unknown as abstract new (
    values: Values,
  ) => Readonly<Values> & Printed;
}

/** A field's name in JSON. */
export function snakeCase(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
