/** Tables for terminals and for Markdown. */

/** The cells of a table; the first column is text, the others are numbers and stand to the right. */
export interface Table {
  title: string;
  head: readonly string[];
  rows: readonly (readonly string[])[];
  /** lines below the table */
  notes?: readonly string[];
}

function widths({ head, rows }: Table): number[] {
  return head.map((cell, i) => Math.max(cell.length, ...rows.map((row) => row[i]?.length ?? 0)));
}

function aligned(row: readonly string[], width: readonly number[]): string[] {
  return width.map((w, i) => (i === 0 ? (row[i] ?? '').padEnd(w) : (row[i] ?? '').padStart(w)));
}

/** Columns side by side, two spaces apart. */
export function plainTable(table: Table): string {
  const width = widths(table);
  const lines = [table.head, ...table.rows].map((row) => aligned(row, width).join('  ').trimEnd());
  return [table.title, ...lines, ...(table.notes ?? [])].join('\n');
}

/** A heading and a table of Markdown. */
export function markdownTable(table: Table): string {
  const width = widths(table);
  const line = (row: readonly string[]): string => `| ${aligned(row, width).join(' | ')} |`;
  const rule = width.map((w, i) =>
    i === 0 ? '-'.repeat(Math.max(3, w)) : `${'-'.repeat(Math.max(1, w - 1))}:`,
  );
  const lines = [line(table.head), `| ${rule.join(' | ')} |`, ...table.rows.map(line)];
  const notes = (table.notes ?? []).flatMap((note) => ['', note]);
  return [`### ${table.title}`, '', ...lines, ...notes].join('\n');
}

/** Three significant digits, without an exponent. */
export function digits(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const decimals = value === 0 ? 0 : Math.max(0, 2 - Math.floor(Math.log10(Math.abs(value))));
  return value.toFixed(Math.min(decimals, 6));
}

/** A value that may be missing. */
export function cell<Value>(value: Value | undefined, write: (value: Value) => string): string {
  return value === undefined ? '–' : write(value);
}
