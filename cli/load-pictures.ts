/** Reading and preprocessing the pictures of a command line, one batch at a time. */
import { readFile } from 'node:fs/promises';
import { Dinov2Error } from '../errors/errors.ts';
import type { BitImageProcessor } from '../lib/image-processor.ts';
import type { PixelValues } from '../lib/models/forward-options.ts';

/** Pictures that could be read, and what became of the others. */
export interface PictureBatch {
  names: string[];
  pixelValues: PixelValues;
}

/** Tells the user about a picture that is left out. */
export type ReportPicture = (message: string) => void;

function reasonOf(path: string, error: unknown): string {
  if (error instanceof Dinov2Error) return error.message;
  if (error instanceof Error && 'code' in error) {
    const missing = error.code === 'ENOENT' ? 'no such file' : String(error.code);
    return `${path}: expected a picture that can be read, got ${missing}`;
  }
  throw error;
}

/**
 * Goes through pictures in batches; one that can't be read is reported and left out.
 *
 * Pictures of different sizes end up in different batches.
 */
export async function* pictureBatches(
  paths: readonly string[],
  processor: BitImageProcessor,
  batchSize: number,
  report: ReportPicture,
): AsyncGenerator<PictureBatch> {
  let names: string[] = [];
  let ready: PixelValues[] = [];
  const flush = (): PictureBatch => {
    const batch = { names, pixelValues: joinBatch(ready) };
    names = [];
    ready = [];
    return batch;
  };
  for (const path of paths) {
    let pixelValues: PixelValues;
    try {
      ({ pixelValues } = await processor.preprocess(await readFile(path), [path]));
    } catch (error) {
      report(reasonOf(path, error));
      continue;
    }
    const [first] = ready;
    if (first !== undefined && String(first.shape) !== String(pixelValues.shape)) yield flush();
    names.push(path);
    ready.push(pixelValues);
    if (ready.length === batchSize) yield flush();
  }
  if (ready.length > 0) yield flush();
}

function joinBatch(pictures: readonly PixelValues[]): PixelValues {
  const [, channels, height, width] = pictures[0]?.shape ?? [0, 0, 0, 0];
  const size = channels * height * width;
  const data = new Float32Array(pictures.length * size);
  for (const [i, picture] of pictures.entries()) data.set(picture.data, i * size);
  return { data, shape: [pictures.length, channels, height, width] };
}
