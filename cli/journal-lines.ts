/** The lines of a journal of `embed`: settings first, then an image each. */
import { closeSync, openSync, readSync } from 'node:fs';
import { SourceError } from '../lib/index.ts';
import type { Embedding } from './formats/embeddings.ts';

/** What vectors depend on, by names that users know. */
export type RunSettings = Readonly<Record<string, unknown>>;

const FORMAT = 'dinov2-embed/1';

/** The first line, with its end. */
export function settingsLine(settings: RunSettings): string {
  return `${JSON.stringify({ format: FORMAT, settings })}\n`;
}

/**
 * @param path the journal's, for error messages
 * @param line a journal's first
 * @throws SourceError if it is no journal's, or of a run with other settings
 */
export function requireSettings(path: string, line: string, settings: RunSettings): void {
  const head = parsed(line);
  if (head?.format !== FORMAT || typeof head.settings !== 'object' || head.settings === null) {
    throw new SourceError(
      `${path}: expected what an earlier run left to go on with, got something else; remove it, or choose another output`,
    );
  }
  const before: RunSettings = { ...head.settings };
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
export function embeddingLine({ image, vector }: Embedding): string {
  const { buffer, byteOffset, byteLength } = vector;
  const base64 = Buffer.from(buffer, byteOffset, byteLength).toString('base64');
  return `${JSON.stringify({ image, vector: base64 })}\n`;
}

/** What the line of an image says; undefined if it is damaged. */
export function parseEmbeddingLine(line: string): Embedding | undefined {
  const { image, vector } = parsed(line) ?? {};
  if (typeof image !== 'string' || typeof vector !== 'string') return undefined;
  const { buffer } = Uint8Array.from(Buffer.from(vector, 'base64'));
  return buffer.byteLength % 4 === 0 ? { image, vector: new Float32Array(buffer) } : undefined;
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
    let rest = Buffer.alloc(0);
    for (let size = readSync(file, chunk); size > 0; size = readSync(file, chunk)) {
      rest = Buffer.concat([rest, chunk.subarray(0, size)]);
      let begin = 0;
      for (let at = rest.indexOf(LINE_END); at >= 0; at = rest.indexOf(LINE_END, begin)) {
        yield rest.subarray(begin, at);
        begin = at + 1;
      }
      rest = rest.subarray(begin);
    }
  } finally {
    closeSync(file);
  }
}
