/** Reading and preprocessing the images of a command line, one batch at a time. */
import { readFile } from 'node:fs/promises';
import { type BitImageProcessor, Dinov2Error, type PixelValues, stackPixelValues } from '../lib/index.ts';

/** Images that could be read, and what became of the others. */
interface ImageBatch {
  names: string[];
  pixelValues: PixelValues;
}

function reasonOf(path: string, error: unknown): string {
  if (error instanceof Dinov2Error) return error.message;
  if (error instanceof Error && 'code' in error) {
    const missing = error.code === 'ENOENT' ? 'no such file' : String(error.code);
    return `${path}: expected an image that can be read, got ${missing}`;
  }
  throw error;
}

/**
 * Goes through images in batches; one that can't be read is reported and left out.
 *
 * Images of different sizes end up in different batches.
 *
 * @param report tells the user about an image that is left out
 */
export async function* imageBatches(
  paths: readonly string[],
  processor: BitImageProcessor,
  batchSize: number,
  report: (message: string) => void,
): AsyncGenerator<ImageBatch> {
  let names: string[] = [];
  let ready: PixelValues[] = [];
  const flush = (): ImageBatch => {
    const batch = { names, pixelValues: stackPixelValues(ready) };
    names = [];
    ready = [];
    return batch;
  };
  for (const path of paths) {
    let pixelValues: PixelValues;
    try {
      ({ pixelValues } = await processor.preprocess(await readFile(path), { names: [path] }));
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
