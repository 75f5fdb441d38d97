/** Dividing a growing range of addresses into blocks. */

/** Blocks start on cache lines, so that two threads never write to one line of different tensors. */
const ALIGNMENT = 64;

interface FreeBlock {
  start: number;
  size: number;
}

/**
 * Best fit over a list of free blocks sorted by address; freed neighbours are joined.
 *
 * A model holds some hundred blocks and frees most of them in the order it made them, so the list stays short.
 */
export class Allocator {
  /** bytes in blocks that are in use */
  bytesInUse = 0;
  private readonly start: number;
  private end: number;
  private readonly free: FreeBlock[] = [];
  private readonly sizes = new Map<number, number>();
  private readonly grow: (end: number) => void;

  /**
   * @param start the first address to hand out
   * @param grow makes every address below `end` usable, or throws
   */
  constructor(start: number, grow: (end: number) => void) {
    this.start = start;
    this.end = start;
    this.grow = grow;
  }

  /** Blocks in use. */
  get blocks(): number {
    return this.sizes.size;
  }

  /** @returns the address of a block of at least `bytes` bytes; its contents are whatever was there */
  allocate(bytes: number): number {
    const size = Math.max(ALIGNMENT, Math.ceil(bytes / ALIGNMENT) * ALIGNMENT);
    const start = this.takeFree(size) ?? this.extend(size);
    this.sizes.set(start, size);
    this.bytesInUse += size;
    return start;
  }

  /** Gives a block back. */
  release(start: number): void {
    const size = this.sizes.get(start);
    if (size === undefined) throw new Error(`internal: no block at ${start}`);
    this.sizes.delete(start);
    this.bytesInUse -= size;
    this.insertFree(start, size);
  }

  /** Gives every block back. */
  clear(): void {
    this.sizes.clear();
    this.free.length = 0;
    this.end = this.start;
    this.bytesInUse = 0;
  }

  private takeFree(size: number): number | undefined {
    let best = -1;
    let bestSize = Number.POSITIVE_INFINITY;
    for (const [i, block] of this.free.entries()) {
      if (block.size < size || block.size >= bestSize) continue;
      best = i;
      bestSize = block.size;
      if (bestSize === size) break;
    }
    const block = this.free[best];
    if (block === undefined) return undefined;
    const { start } = block;
    if (block.size === size) this.free.splice(best, 1);
    else {
      block.start += size;
      block.size -= size;
    }
    return start;
  }

  // at the end of the range, together with a free block that lies there
  private extend(size: number): number {
    const last = this.free.at(-1);
    const joins = last !== undefined && last.start + last.size === this.end;
    const start = joins ? last.start : this.end;
    this.grow(start + size);
    if (joins) this.free.pop();
    this.end = start + size;
    return start;
  }

  private insertFree(start: number, size: number): void {
    let low = 0;
    let high = this.free.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.free[middle]!.start < start) low = middle + 1;
      else high = middle;
    }
    const before = this.free[low - 1];
    const after = this.free[low];
    const joinsBefore = before !== undefined && before.start + before.size === start;
    const joinsAfter = after !== undefined && start + size === after.start;
    if (joinsBefore) {
      before.size += size;
      if (joinsAfter) {
        before.size += after.size;
        this.free.splice(low, 1);
      }
    } else if (joinsAfter) {
      after.start = start;
      after.size += size;
    } else this.free.splice(low, 0, { start, size });
  }
}
