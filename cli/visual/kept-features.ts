/** Features of many images on disk, so that they are computed once and gone through several times. */
import type { FileHandle } from 'node:fs/promises';
import type { PatchFeatures, PlacedFeatures, RawImage } from '../../lib/index.ts';
import { appendUnnamed, unnamedFile } from './unnamed-file.ts';

/** What is kept of the features of an image. */
export type Kept = Pick<PatchFeatures, 'index' | 'grid' | 'seen' | 'features' | 'dim'>;

/** An image whose arrays are on disk: features from `start` on, and pixels behind them. */
interface Entry extends Omit<Kept, 'features'> {
  readonly start: number;
  readonly featureBytes: number;
  readonly pixelBytes: number;
}

/** Features of so many bytes are fitted in memory, which takes less time. */
const IN_MEMORY = 2 ** 28;

/** Node reads less than 2 GB at once. */
const PIECE = 2 ** 30;

/** Features in a file without a name, so that a signal ends the longest forward pass at once. */
export class KeptFeatures implements AsyncIterable<Kept> {
  private readonly file: FileHandle;
  private readonly entries: Entry[] = [];
  private end = 0;
  private bytes = 0;

  private constructor(file: FileHandle) {
    this.file = file;
  }

  /**
   * Computes features, keeps them while they are worked with, and deletes them.
   *
   * @param results of `patchFeatures`
   * @returns what `work` returns
   * @throws SourceError if they can't be written; what `results` and `work` throw
   */
  static async during(
    results: AsyncIterable<{ result: PatchFeatures }>,
    work: (kept: KeptFeatures) => Promise<void>,
  ): Promise<void> {
    const file = await unnamedFile();
    try {
      const kept = new KeptFeatures(file);
      for await (const { result } of results) await kept.add(result);
      if (kept.entries.length > 0) await work(kept);
    } finally {
      await file.close();
    }
  }

  /** Features of all images, without their pixels: in memory if they are few, else one after the other, each time anew. */
  async matrices(): Promise<readonly PlacedFeatures[] | AsyncIterable<PlacedFeatures>> {
    const readAnew = () => this.readMatrices();
    if (this.bytes > IN_MEMORY) return { [Symbol.asyncIterator]: readAnew };
    const all: PlacedFeatures[] = [];
    for await (const each of readAnew()) all.push(each);
    return all;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Kept, void, undefined> {
    for (const entry of this.entries) {
      const { index, grid, dim, start, featureBytes, pixelBytes } = entry;
      const seen: RawImage = { ...entry.seen, data: await this.read(start + featureBytes, pixelBytes) };
      yield { index, grid, dim, seen, features: await this.readFeatures(entry) };
    }
  }

  private async add({ index, grid, seen, features, dim }: PatchFeatures): Promise<void> {
    const [start, featureBytes, pixelBytes] = [this.end, features.byteLength, seen.data.length];
    await appendUnnamed(this.file, new Uint8Array(features.buffer, features.byteOffset, featureBytes));
    await appendUnnamed(this.file, seen.data);
    const withoutData = { ...seen, data: new Uint8Array() };
    this.entries.push({ index, grid, dim, seen: withoutData, start, featureBytes, pixelBytes });
    this.end += featureBytes + pixelBytes;
    this.bytes += featureBytes;
  }

  private async *readMatrices(): AsyncGenerator<PlacedFeatures, void, undefined> {
    for (const entry of this.entries) {
      yield { features: await this.readFeatures(entry), dim: entry.dim, grid: entry.grid };
    }
  }

  private async readFeatures({ start, featureBytes }: Entry): Promise<Float32Array> {
    return new Float32Array((await this.read(start, featureBytes)).buffer);
  }

  private async read(start: number, length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(length);
    for (let at = 0; at < length; ) {
      const { bytesRead } = await this.file.read(bytes, at, Math.min(length - at, PIECE), start + at);
      if (bytesRead === 0) throw new Error('internal: features that were not kept');
      at += bytesRead;
    }
    return bytes;
  }
}
