/** One graph that is kept: a folder with the engine's files and a note of what they are. */

import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isObject } from '../../../options/json-object.ts';
import { sampledDigest } from './sampled-digest-node.ts';

const NOTE = 'graph.json';
const MODEL = 'model.onnx';

/** What is noted of a graph, beside the digests of its files. */
export interface GraphNote {
  /** the source of its model, as it was named */
  readonly model: string;
  readonly architecture: string;
  /** names and shapes of inputs, and names of outputs, in words */
  readonly graph: string;
}

/** A graph that is kept. */
export interface KeptGraph extends GraphNote {
  /** the folder with its files */
  readonly path: string;
  /** bytes of them */
  readonly size: number;
  /** when it was last used, or made */
  readonly used: Date;
}

/** The file that an engine opens. */
export function modelPath(folder: string): string {
  return join(folder, MODEL);
}

/**
 * Makes a folder with a graph, and a note of what is in it as the last of its files.
 *
 * @param write writes the engine's files, of which the first is at the path
 * @returns bytes of them
 */
export async function writeEntry(
  folder: string,
  note: GraphNote,
  write: (path: string) => Promise<void>,
): Promise<number> {
  await mkdir(folder);
  await write(modelPath(folder));
  const names = await readdir(folder);
  const digests = Object.fromEntries(names.map((name) => [name, sampledDigest(join(folder, name))]));
  await writeFile(join(folder, NOTE), JSON.stringify({ ...note, digests }));
  return sizeOf(folder);
}

/** Whether a folder's files are those that were written. */
export async function isSound(folder: string): Promise<boolean> {
  try {
    const { digests } = await noteIn(folder);
    const names = Object.keys(digests);
    return (
      names.includes(MODEL) && names.every((name) => sampledDigest(join(folder, name)) === digests[name])
    );
  } catch {
    return false;
  }
}

/** Notes that it is used now; that this fails, as where nothing can be written, is no matter. */
export async function touch(folder: string): Promise<void> {
  const now = new Date();
  await utimes(join(folder, NOTE), now, now).catch(() => undefined);
}

/** @returns undefined if it is no such folder, or a damaged one */
export async function readEntry(folder: string): Promise<KeptGraph | undefined> {
  try {
    const { model, architecture, graph } = await noteIn(folder);
    const { mtimeMs } = await stat(join(folder, NOTE));
    return { path: folder, model, architecture, graph, size: await sizeOf(folder), used: new Date(mtimeMs) };
  } catch {
    return undefined;
  }
}

/** Removes a folder so that nobody sees a part of it; one that another program holds stays, as on Windows. */
export async function removeEntry(folder: string): Promise<void> {
  const aside = join(dirname(folder), `.${basename(folder)}.old-${randomUUID()}`);
  try {
    await rename(folder, aside);
    await rm(aside, { recursive: true, force: true });
  } catch {
    // gone already, or in use
  }
}

async function noteIn(
  folder: string,
): Promise<GraphNote & { readonly digests: Readonly<Record<string, string>> }> {
  const note: unknown = JSON.parse(await readFile(join(folder, NOTE), 'utf8'));
  if (!isObject(note) || !isObject(note.digests)) throw new Error('no note');
  const digests = Object.entries(note.digests).map(([name, digest]) => [name, String(digest)]);
  const { model, architecture, graph } = note;
  return {
    model: String(model),
    architecture: String(architecture),
    graph: String(graph),
    digests: Object.fromEntries(digests),
  };
}

async function sizeOf(folder: string): Promise<number> {
  const sizes = (await readdir(folder)).map(async (name) => (await stat(join(folder, name))).size);
  return (await Promise.all(sizes)).reduce((sum, size) => sum + size, 0);
}
