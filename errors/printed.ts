/** How objects print themselves: as one line, where going through their fields would take hundreds. */
import { shown } from './shown.ts';

/** What `console.log` of Node, Deno and Bun asks an object for in place of its fields. */
export const INSPECT: unique symbol = Symbol.for('nodejs.util.inspect.custom');

/** An object that consoles show as `toString` does. */
export abstract class Printed {
  /** One line: the class, and what is worth knowing of it. */
  abstract toString(): string;

  [INSPECT](): string {
    return this.toString();
  }
}

/** A class and its fields in one line, as `Name { field: value, other: [1, 2] }`; those that are undefined are left out. */
export function printed(name: string, fields: object): string {
  const parts = Object.entries(fields).flatMap(([field, value]) =>
    value === undefined ? [] : [`${field}: ${printedValue(value)}`],
  );
  return parts.length === 0 ? `${name} {}` : `${name} { ${parts.join(', ')} }`;
}

function printedValue(value: unknown): string {
  if (typeof value === 'string') return value;
  return Array.isArray(value) ? `[${value.map(printedValue).join(', ')}]` : shown(value);
}
