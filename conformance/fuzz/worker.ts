/** The thread that reads mutants, so that another can tell if it hangs. */
import { parentPort, workerData } from 'node:worker_threads';
import { checkMutant } from './check-mutant.ts';
import { readOriginals } from './fixtures.ts';
import { mutate } from './mutate.ts';
import { Random } from './random.ts';

/** What the thread is asked for. */
export interface Task {
  folder: string;
  seed: number;
  first: number;
  files: number;
}

/** What it says: before each file, which it is; after it, how it ended. */
export type Report =
  | { readonly kind: 'begins'; readonly file: number; readonly fixture: string }
  | {
      readonly kind: 'ended';
      readonly tensors: number | undefined;
      readonly message: string;
      readonly milliseconds: number;
    }
  | { readonly kind: 'failed'; readonly message: string };

const { folder, seed, first, files }: Task = workerData;
const say = (report: Report): void => parentPort?.postMessage(report);
const originals = await readOriginals(new URL(folder));
for (let file = first; file < first + files; file++) {
  const random = new Random(Math.imul(seed, 0x9e3779b1) + file);
  const original = originals[random.below(originals.length)];
  if (original === undefined) throw new Error(`${folder}: expected torch files, got none`);
  say({ kind: 'begins', file, fixture: original.name });
  const start = performance.now();
  try {
    const outcome = await checkMutant(original, mutate(original.bytes, random));
    const milliseconds = performance.now() - start;
    if ('refused' in outcome)
      say({ kind: 'ended', tensors: undefined, message: outcome.refused, milliseconds });
    else say({ kind: 'ended', tensors: outcome.tensors, message: '', milliseconds });
  } catch (error) {
    say({ kind: 'failed', message: error instanceof Error ? (error.stack ?? error.message) : String(error) });
  }
}
