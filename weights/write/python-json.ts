/** JSON as Python writes it. */
import { unicodeEscape } from '../../errors/unicode-escape.ts';
import type { JsonObject, JsonValue } from '../../options/json-object.ts';
import { compareText } from './name-order.ts';

/** What Python knows of values and JavaScript does not. */
export interface PythonTypes {
  /** keys of the outermost object whose numbers are floats, alone or in lists: `1.0`, not `1` */
  floats?: readonly string[];
  /** keys of the outermost object whose value has integers as keys, which are in the order of numbers */
  integerKeys?: readonly string[];
}

/**
 * The text that `json.dumps(value, indent=2, sort_keys=True)` gives, and a line feed, as transformers writes its files.
 *
 * @param value an object of finite numbers, texts, booleans, nulls, lists and objects
 */
export function pythonJson(value: JsonObject, types: PythonTypes = {}): string {
  const { floats = [], integerKeys = [] } = types;
  const entries = Object.entries(value)
    .sort(([a], [b]) => compareText(a, b))
    .map(([key, each]) => [key, write(each, '  ', floats.includes(key), integerKeys.includes(key))] as const);
  return `${braced(entries, '')}\n`;
}

function write(value: JsonValue, indent: string, asFloat: boolean, integerKeys: boolean): string {
  if (typeof value === 'string') return pythonString(value);
  if (typeof value === 'number')
    return asFloat || !Number.isSafeInteger(value) ? pythonFloat(value) : String(value);
  if (typeof value !== 'object' || value === null) return String(value);
  const inner = `${indent}  `;
  if (isList(value)) {
    if (value.length === 0) return '[]';
    const items = value.map((each) => `${inner}${write(each, inner, asFloat, false)}`);
    return `[\n${items.join(',\n')}\n${indent}]`;
  }
  const order = integerKeys ? (a: string, b: string) => Number(a) - Number(b) : compareText;
  const entries = Object.entries(value)
    .sort(([a], [b]) => order(a, b))
    .map(([key, each]) => [key, write(each, inner, false, false)] as const);
  return braced(entries, indent);
}

function isList(value: readonly JsonValue[] | JsonObject): value is readonly JsonValue[] {
  return Array.isArray(value);
}

function braced(entries: readonly (readonly [string, string])[], indent: string): string {
  if (entries.length === 0) return '{}';
  const lines = entries.map(([key, text]) => `${indent}  ${pythonString(key)}: ${text}`);
  return `{\n${lines.join(',\n')}\n${indent}}`;
}

/** ASCII only, as `ensure_ascii` has it. */
function pythonString(text: string): string {
  return JSON.stringify(text).replace(/[^ -~]/g, (unit) => unicodeEscape(unit));
}

/** Python's `repr` of a float: the same digits, but a point in every one, and exponents from 1e-05 and 1e+16 on. */
function pythonFloat(value: number): string {
  const [mantissa = '', exponent = '0'] = value.toExponential().split('e');
  const power = Number(exponent);
  if (power >= -4 && power < 16) return Number.isInteger(value) ? `${value}.0` : String(value);
  return `${mantissa}e${power < 0 ? '-' : '+'}${String(Math.abs(power)).padStart(2, '0')}`;
}
