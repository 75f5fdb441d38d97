/** Objects of JSON files. */

/** What `JSON.parse` returns. */
export type JsonValue = string | number | boolean | null | readonly JsonValue[] | JsonObject;

/** An object of JSON values. */
export interface JsonObject {
  readonly [key: string]: JsonValue;
}

/** An object that was parsed, of whose values nothing is known yet. */
export type ParsedObject = Readonly<Record<string, unknown>>;

/** Whether a parsed value is an object, and no list. */
export function isObject(value: unknown): value is ParsedObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
