/** A file on a server, or kept from an earlier visit, as a byte source: few large requests, ahead of what is asked for. */
import { SourceError } from '../../errors/errors.ts';
import type { ByteRange, ByteSource } from '../byte-source.ts';
import type { KeptFile } from '../kept/kept-file.ts';
import { HeldPieces } from './held-pieces.ts';
import { pieceAt, pieceStart } from './pieces.ts';
import { ReadingPlan } from './reading-plan.ts';
import type { RemoteFile } from './remote-file.ts';

/** Where the pieces of a file come from, and go to. */
export interface Pieces {
  /** the address, for error messages */
  readonly where: string;
  /** bytes in all */
  readonly size: number;
  /** none where nothing may be asked of the network */
  readonly remote: RemoteFile | undefined;
  /** none where nothing is kept */
  readonly kept: KeptFile | undefined;
  /** told how many more bytes of it are here */
  readonly onBytes: (count: number) => void;
}

/** Pieces that stand one behind another and come from one place. */
interface Run {
  readonly from: number;
  to: number;
  readonly isKept: boolean;
}

/**
 * Reads a file in pieces. What `expect` is told is fetched in that order, a few pieces ahead; all else when it is asked for.
 * A piece is let go when the plan is past it, so that at most some 80 MiB of a file are in memory, whatever its size.
 */
export class PieceSource implements ByteSource {
  readonly size: number;
  private readonly pieces: Pieces;
  private plan = new ReadingPlan([]);
  private readonly held = new HeldPieces((index) => this.plan.isPast(index));
  private writing: Promise<void> = Promise.resolve();
  private isClosed = false;

  constructor(pieces: Pieces) {
    this.pieces = pieces;
    this.size = pieces.size;
  }

  async read(offset: number, length: number): Promise<Uint8Array> {
    if (offset + length > this.size) {
      throw new SourceError(
        `${this.pieces.where}: expected ${length} bytes at ${offset}, got a file of ${this.size}`,
      );
    }
    const bytes = new Uint8Array(length);
    if (length === 0) return bytes;
    this.plan.reach(offset);
    const wanted = indices(pieceAt(offset), pieceAt(offset + length - 1) + 1);
    this.fetch(wanted);
    for (const index of wanted) this.held.claim(index);
    this.held.tidy();
    for (const index of wanted) {
      const piece = await this.held.take(index);
      const start = pieceStart(index);
      const part = piece.subarray(Math.max(0, offset - start), offset + length - start);
      bytes.set(part, Math.max(0, start - offset));
    }
    return bytes;
  }

  expect(ranges: readonly ByteRange[]): void {
    this.plan = new ReadingPlan(ranges);
    const { pieces } = this.plan;
    // without ranges the whole file passes by, in its own order
    const hasRanges = this.pieces.remote?.facts.hasRanges ?? true;
    this.fetch(hasRanges ? pieces : indices(Math.min(...pieces), Math.max(...pieces) + 1));
  }

  async close(): Promise<void> {
    this.isClosed = true;
    this.pieces.remote?.close();
    this.held.close();
    await this.writing;
  }

  /** Fetches those of some pieces that are not here, in their order. */
  private fetch(order: readonly number[]): void {
    const missing = order.filter((index) => !this.held.has(index));
    for (const index of missing) this.held.announce(index);
    this.deliver(this.runsOf(missing)).catch((error: unknown) => this.held.fail(missing, error));
  }

  private async deliver(runs: readonly Run[]): Promise<void> {
    const streams = runs.map((run) => new Lookahead(this.stream(run)));
    for (const [place, { from, to }] of runs.entries()) {
      for (let index = from; index < to; index++) {
        await this.held.room();
        const arrival = streams[place]?.next();
        // the next request is underway while the last piece of this one arrives
        if (index === to - 1) streams[place + 1]?.begin();
        const piece = (await arrival)?.value;
        if (piece === undefined || this.isClosed) return;
        const room = this.pieces.kept?.has(index) ? undefined : this.keep(index, piece);
        this.held.deliver(index, piece);
        await room;
      }
    }
  }

  private async *stream({ from, to, isKept }: Run): AsyncGenerator<Uint8Array, void, undefined> {
    const { remote, kept, where, onBytes } = this.pieces;
    for (let index = from; index < to; index++) {
      const piece = isKept ? await kept?.read(index) : undefined;
      if (piece !== undefined) {
        onBytes(piece.length);
        yield piece;
      } else if (remote !== undefined) {
        const end = isKept ? index + 1 : to;
        yield* remote.run(index, end);
        index = end - 1;
      } else {
        throw new SourceError(
          `${where}: expected all of it among the files that this page keeps, got a part; load it once without offline`,
        );
      }
    }
  }

  /** One piece is written while the next arrives, and no more wait for it. */
  private async keep(index: number, piece: Uint8Array): Promise<void> {
    const { kept } = this.pieces;
    const before = this.writing;
    if (kept !== undefined) this.writing = before.then(() => kept.write(index, piece));
    await before;
  }

  private runsOf(order: readonly number[]): Run[] {
    const runs: Run[] = [];
    for (const index of order) {
      const isKept = this.pieces.kept?.has(index) ?? false;
      const run = runs.at(-1);
      if (run?.to === index && run.isKept === isKept) run.to++;
      else runs.push({ from: index, to: index + 1, isKept });
    }
    return runs;
  }
}

/** Iterates, and may begin with it before anybody waits. */
class Lookahead {
  private readonly pieces: AsyncGenerator<Uint8Array, void, undefined>;
  private begun: Promise<IteratorResult<Uint8Array, void>> | undefined;

  constructor(pieces: AsyncGenerator<Uint8Array, void, undefined>) {
    this.pieces = pieces;
  }

  begin(): void {
    this.begun = this.pieces.next();
    this.begun.catch(() => undefined);
  }

  next(): Promise<IteratorResult<Uint8Array, void>> {
    const { begun } = this;
    this.begun = undefined;
    return begun ?? this.pieces.next();
  }
}

/** The numbers from one to before another. */
function indices(from: number, to: number): number[] {
  return Array.from({ length: Math.max(0, to - from) }, (_, i) => from + i);
}
