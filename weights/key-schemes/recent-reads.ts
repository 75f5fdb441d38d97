/** Reading a tensor once for several readers of its rows. */
import type { Checkpoint } from '../checkpoint.ts';

/** Tensors kept: a weight and its bias, as files that are in order of names take parts of the two in turns. */
const KEPT = 2;

/** Reads tensors and keeps the last two. */
export class RecentReads {
  private readonly checkpoint: Checkpoint;
  private readonly recent = new Map<string, Promise<Uint8Array>>();

  constructor(checkpoint: Checkpoint) {
    this.checkpoint = checkpoint;
  }

  /**
   * @param name a key of `checkpoint.tensors`
   * @returns bytes that others may read too: not to be changed
   */
  async read(name: string): Promise<Uint8Array> {
    const bytes = this.recent.get(name) ?? this.checkpoint.read(name);
    // the last one read stands last
    this.recent.delete(name);
    this.recent.set(name, bytes);
    for (const oldest of this.recent.keys()) {
      if (this.recent.size <= KEPT) break;
      this.recent.delete(oldest);
    }
    try {
      return await bytes;
    } catch (error) {
      this.recent.delete(name);
      throw error;
    }
  }
}
