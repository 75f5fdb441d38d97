/** Features of many images on disk, so that they are computed once and gone through several times. */
import { rmSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PatchFeatures, RawImage } from '../../lib/index.ts';
import { whenStopped } from '../interruption.ts';
import { writeError } from '../write-file.ts';

/** What is kept of the features of an image. */
export type Kept = Pick<PatchFeatures, 'index' | 'grid' | 'seen' | 'features' | 'dim'>;

/** Features and where they lie, which tells the foreground. */
type PlacedMatrix = Pick<Kept, 'features' | 'dim' | 'grid'>;

/** Features of so many bytes are fitted in memory, which takes less time. */
const IN_MEMORY = 2 ** 28;

/** A folder of features, which is gone when the work is done or the command is told to stop. */
export class KeptFeatures implements AsyncIterable<Kept> {
  private readonly folder: string;
  private readonly entries: Omit<Kept, 'features'>[] = [];
  private bytes = 0;

  private constructor(folder: string) {
    this.folder = folder;
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
    const folder = await mkdtemp(join(tmpdir(), 'dinov2-features-')).catch((error: unknown) => {
      throw writeError(tmpdir(), error);
    });
    whenStopped(() => rmSync(folder, { recursive: true, force: true }));
    try {
      const kept = new KeptFeatures(folder);
      for await (const { result } of results) await kept.add(result);
      if (kept.entries.length > 0) await work(kept);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** How many images there are. */
  get count(): number {
    return this.entries.length;
  }

  /** Features of all images, without their pixels: in memory if they are few, else one after the other, each time anew. */
  async matrices(): Promise<readonly PlacedMatrix[] | AsyncIterable<PlacedMatrix>> {
    const readAnew = () => this.readMatrices();
    if (this.bytes > IN_MEMORY) return { [Symbol.asyncIterator]: readAnew };
    const all: PlacedMatrix[] = [];
    for await (const each of readAnew()) all.push(each);
    return all;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Kept, void, undefined> {
    for (const [i, entry] of this.entries.entries()) {
      const features = await this.readFeatures(i);
      const data = new Uint8Array(await readFile(this.pixelsFile(i)));
      const seen: RawImage = { ...entry.seen, data };
      yield { ...entry, features, seen };
    }
  }

  private async add({ index, grid, seen, features, dim }: PatchFeatures): Promise<void> {
    const place = this.entries.length;
    try {
      await writeFile(this.featuresFile(place), features);
      await writeFile(this.pixelsFile(place), seen.data);
    } catch (error) {
      throw writeError(this.folder, error);
    }
    this.entries.push({ index, grid, dim, seen: { ...seen, data: new Uint8Array() } });
    this.bytes += features.byteLength;
  }

  private async *readMatrices(): AsyncGenerator<PlacedMatrix, void, undefined> {
    for (const [i, { dim, grid }] of this.entries.entries())
      yield { features: await this.readFeatures(i), dim, grid };
  }

  private async readFeatures(place: number): Promise<Float32Array> {
    return new Float32Array(new Uint8Array(await readFile(this.featuresFile(place))).buffer);
  }

  private featuresFile(place: number): string {
    return join(this.folder, `${place}.features`);
  }

  private pixelsFile(place: number): string {
    return join(this.folder, `${place}.pixels`);
  }
}
