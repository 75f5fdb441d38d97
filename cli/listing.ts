/** Lines of results for people. */
import { printable } from './messages.ts';

/** A line for each row: its key, filled up to a width, and its value. */
export function listing(rows: readonly (readonly [key: string, value: string])[], width: number): string {
  return rows.map(([key, value]) => printable(`${key.padEnd(width - 1)} ${value}`)).join('\n');
}

/** Bytes in megabytes. */
export function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

/** How many there are of each kind. */
export function counts(of: Readonly<Record<string, number>>): string {
  return Object.entries(of)
    .map(([kind, count]) => `${count} ${kind}`)
    .join(', ');
}

/** Pads every column to its widest cell; lines have no blanks at their ends. */
export function table(rows: readonly (readonly string[])[]): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [i, { length }] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, length);
  }
  const lines = rows.map((row) => row.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  '));
  return lines.map((line) => line.trimEnd()).join('\n');
}
