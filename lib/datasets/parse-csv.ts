/** Tables of comma-separated values. */
import { DatasetError } from '../../errors/errors.ts';

/** A row, and the line it begins in, for error messages. */
export interface CsvRow {
  readonly line: number;
  readonly cells: readonly string[];
}

/** One cell from where the last ended: what stands in quotes, or anything else, and what ends it. */
const CELL = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|\n|\r|$)/y;

/**
 * Reads a table as RFC 4180 writes it: cells with commas between, in quotes where they have commas, quotes or line ends. Empty lines are
 * passed over.
 *
 * @param where the file, for error messages
 * @throws DatasetError if a quote is not closed or stands inside a cell
 */
export function parseCsv(text: string, where: string): CsvRow[] {
  const rows: CsvRow[] = [];
  let cells: string[] = [];
  let line = 1;
  let begun = 1;
  CELL.lastIndex = text.startsWith('\uFEFF') ? 1 : 0;
  while (CELL.lastIndex < text.length || cells.length > 0) {
    const [whole, quoted, plain = '', end] = CELL.exec(text) ?? [];
    if (whole === undefined) {
      throw new DatasetError(
        `${where}: line ${line}: expected a cell of a table, got a quote that is not closed, or inside of one`,
      );
    }
    cells.push(quoted?.replaceAll('""', '"') ?? plain);
    line += whole.split(/\r\n|\n|\r/).length - 1;
    if (end === ',') continue;
    if (cells.length > 1 || cells[0] !== '') rows.push({ line: begun, cells });
    cells = [];
    begun = line;
    if (end === '') break;
  }
  return rows;
}
