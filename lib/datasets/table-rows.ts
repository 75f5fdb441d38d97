/** The rows of a table of images, as objects: CSV, and JSON a line. */
import { DatasetError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { isObject } from '../../options/json-object.ts';
import { parseJson } from '../../options/parse-json.ts';
import { parseCsv } from './parse-csv.ts';

/** One image's row. */
export interface TableRow {
  readonly line: number;
  readonly values: Readonly<Record<string, unknown>>;
}

/**
 * Reads the rows of a table.
 *
 * @param where the file, whose ending says what it is: `.csv`, or lines of JSON
 * @throws DatasetError, ConfigError naming the line that can't be read
 */
export function tableRows(text: string, where: string): TableRow[] {
  return where.toLowerCase().endsWith('.csv') ? csvRows(text, where) : jsonRows(text, where);
}

function csvRows(text: string, where: string): TableRow[] {
  const [head, ...rows] = parseCsv(text, where);
  return rows.map(({ line, cells }) => {
    const columns = head?.cells ?? [];
    if (cells.length !== columns.length) {
      throw new DatasetError(
        `${where}: line ${line}: expected ${columns.length} cells, as in the first line, got ${cells.length}`,
      );
    }
    return { line, values: Object.fromEntries(columns.map((name, i) => [name.trim(), cells[i]])) };
  });
}

function jsonRows(text: string, where: string): TableRow[] {
  return text.split('\n').flatMap((each, i) => {
    if (each.trim() === '') return [];
    const line = i + 1;
    const values = parseJson(each, `${where}: line ${line}`);
    if (isObject(values)) return [{ line, values }];
    throw new DatasetError(`${where}: line ${line}: expected an object, got ${shown(values)}`);
  });
}

/**
 * The label in a row.
 *
 * In CSV, all is text: a cell of a JSON list, `["a", "b"]`, is a list, and one that is a number a number.
 *
 * @throws DatasetError if it is none
 */
export function labelOf(value: unknown, where: string): string | number | (string | number)[] {
  if (typeof value === 'number') return value;
  if (Array.isArray(value)) {
    const list: readonly unknown[] = value;
    return list.map((each) => {
      if (typeof each === 'string' || typeof each === 'number') return each;
      throw new DatasetError(`${where}: expected labels in the list, got ${shown(each)}`);
    });
  }
  if (typeof value !== 'string' || value.trim() === '')
    throw new DatasetError(`${where}: expected a label, got ${shown(value)}`);
  const text = value.trim();
  if (text.startsWith('[')) return labelOf(parseJson(text, where), where);
  return Number.isFinite(Number(text)) ? Number(text) : text;
}
