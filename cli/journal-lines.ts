/** The lines of a journal of `embed`: settings first, then an image each. */
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { SourceError } from '../lib/index.ts';
import type { Embedding } from './formats/embeddings.ts';

/** What vectors depend on, by names that users know. */
export type RunSettings = Readonly<Record<string, unknown>>;

/** What is kept of an image. */
export interface JournalEntry extends Embedding {
  /** of its file, as it was before it was read; absent for what is no file */
  readonly version?: string | undefined;
}

const FORMAT = 'dinov2-embed/1';

/** The first line, with its end. */
export function settingsLine(settings: RunSettings): string {
  return `${JSON.stringify({ format: FORMAT, settings })}\n`;
}

/** How the first line begins, and how much of it is looked at. */
const BEGINNING = JSON.stringify({ format: FORMAT }).slice(0, -1);
const LONGEST_HEAD = 2 ** 16;

/**
 * What the run that left a journal depended on.
 *
 * @returns undefined if there is none, or one that was ended before its first line was whole
 * @throws SourceError if the file is something else, which is nobody's to remove
 */
export function settingsIn(path: string): RunSettings | undefined {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return undefined;
  const text = found.isFile() ? headOf(path) : 'something else';
  const end = text.indexOf('\n');
  if (end < 0 && BEGINNING.startsWith(text.slice(0, BEGINNING.length))) return undefined;
  const { format, settings } = parsed(text.slice(0, Math.max(0, end))) ?? {};
  if (format === FORMAT && typeof settings === 'object' && settings !== null) return { ...settings };
  throw new SourceError(
    `${path}: expected what an earlier run left to go on with, got something else; move it away, or choose another output`,
  );
}

function headOf(path: string): string {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(LONGEST_HEAD);
    return bytes.toString('utf8', 0, readSync(file, bytes));
  } finally {
    closeSync(file);
  }
}

/**
 * @param path the journal's, for error messages
 * @param before as `settingsIn` gives them
 * @throws SourceError if a run has others
 */
export function requireSettings(path: string, before: RunSettings, settings: RunSettings): void {
  // as they are read back
  const now: RunSettings = JSON.parse(JSON.stringify(settings));
  const changed = [...new Set([...Object.keys(before), ...Object.keys(now)])].filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(now[name]),
  );
  if (changed.length === 0) return;
  const differences = changed.map((name) => `${name} ${shown(now[name])} (before: ${shown(before[name])})`);
  throw new SourceError(
    `${path}: expected --resume with the options of the run before, got ${differences.join(', ')}; give the same ones, or start again without --resume`,
  );
}

const shown = (value: unknown): string =>
  typeof value === 'string' ? value : (JSON.stringify(value) ?? 'none');

/** The line of an image, with its end. */
export function embeddingLine({ image, vector, version }: JournalEntry): string {
  const { buffer, byteOffset, byteLength } = vector;
  const base64 = Buffer.from(buffer, byteOffset, byteLength).toString('base64');
  return `${JSON.stringify({ image, version, vector: base64, sum: sumOf(image, base64, version) })}\n`;
}

/** What the line of an image says; undefined if it is damaged. */
export function parseEmbeddingLine(line: string): JournalEntry | undefined {
  const { image, version, vector, sum } = parsed(line) ?? {};
  if (typeof image !== 'string' || typeof vector !== 'string') return undefined;
  if (version !== undefined && typeof version !== 'string') return undefined;
  if (sum !== sumOf(image, vector, version)) return undefined;
  const { buffer } = Uint8Array.from(Buffer.from(vector, 'base64'));
  return { image, version, vector: new Float32Array(buffer) };
}

/** Tells a line that a disk has damaged from one that it has kept. */
function sumOf(image: string, vector: string, version = ''): string {
  return createHash('sha256').update(`${image} ${vector} ${version}`).digest('hex').slice(0, 8);
}

function parsed(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}

/** Bytes read at a time. */
const CHUNK = 2 ** 20;
const LINE_END = 0x0a;

/** The lines of a file that have an end, without it; a few are in memory at a time. */
export function* wholeLines(path: string): Generator<Buffer> {
  const file = openSync(path, 'r');
  try {
    const chunk = Buffer.alloc(CHUNK);
    let begun: Buffer[] = [];
    for (let size = readSync(file, chunk); size > 0; size = readSync(file, chunk)) {
      let begin = 0;
      for (let at = chunk.indexOf(LINE_END); at >= 0 && at < size; at = chunk.indexOf(LINE_END, begin)) {
        yield Buffer.concat([...begun, chunk.subarray(begin, at)]);
        begun = [];
        begin = at + 1;
      }
      begun.push(Buffer.from(chunk.subarray(begin, size)));
    }
  } finally {
    closeSync(file);
  }
}
