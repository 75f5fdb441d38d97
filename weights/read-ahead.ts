/** Reading a checkpoint's tensors one ahead of the one that is being worked on. */
import type { Checkpoint } from './checkpoint.ts';

interface Reading {
  name: string;
  bytes: Promise<Uint8Array>;
}

/**
 * Reads tensors in a known order, the next one while the caller packs the last.
 *
 * At most one tensor is read that nobody has asked for yet. What is asked for out of order is read as it comes.
 */
export class ReadAhead {
  private readonly checkpoint: Checkpoint;
  private readonly order: readonly string[];
  private place = 0;
  private ahead: Reading | undefined;

  /** @param order keys of `checkpoint.tensors`, in the order they will be asked for */
  constructor(checkpoint: Checkpoint, order: readonly string[]) {
    this.checkpoint = checkpoint;
    this.order = order;
  }

  /**
   * @param name a key of `checkpoint.tensors`
   * @returns as `Checkpoint.read`
   */
  async read(name: string): Promise<Uint8Array> {
    const { ahead } = this;
    const foreseen = ahead?.name === name;
    const bytes = await (foreseen ? ahead.bytes : this.checkpoint.read(name));
    if (foreseen || ahead === undefined) this.readNext(name);
    return bytes;
  }

  /** As `Checkpoint.recycle`. */
  recycle(bytes: Uint8Array): void {
    this.checkpoint.recycle?.(bytes);
  }

  /** Waits until nothing is being read, so that the checkpoint can be closed. */
  async settle(): Promise<void> {
    await this.ahead?.bytes.catch(() => undefined);
  }

  private readNext(after: string): void {
    while (this.place < this.order.length && this.order[this.place] !== after) this.place++;
    const name = this.order[++this.place];
    this.ahead = undefined;
    if (name === undefined) return;
    const bytes = this.checkpoint.read(name);
    // a failure is the business of whoever asks for the tensor
    bytes.catch(() => undefined);
    this.ahead = { name, bytes };
  }
}
