/** The pieces of a file that are in memory, or on their way there. */
import { SourceError } from '../../errors/errors.ts';

/** Pieces that may have arrived before anybody asks for them. */
const MOST_AHEAD = 4;

interface Held {
  readonly arrival: Promise<Uint8Array>;
  readonly resolve: (bytes: Uint8Array) => void;
  readonly reject: (error: unknown) => void;
  hasArrived: boolean;
  isTaken: boolean;
  /** how many reads are about to take it */
  claims: number;
}

/** Pieces by their numbers. Who fetches them waits for room; who reads them waits for their arrival. */
export class HeldPieces {
  private readonly pieces = new Map<number, Held>();
  private readonly isPast: (index: number) => boolean;
  /** the piece that was read last: what is read next, unforeseen, often begins in it */
  private latest: number | undefined;
  private readonly waiting = new Set<() => void>();
  private isClosed = false;

  /** @param isPast whether a piece is of no more use */
  constructor(isPast: (index: number) => boolean) {
    this.isPast = isPast;
  }

  has(index: number): boolean {
    return this.pieces.has(index);
  }

  /** Says that a piece is going to be delivered. */
  announce(index: number): void {
    let [resolve, reject]: [Held['resolve'], Held['reject']] = [() => undefined, () => undefined];
    const arrival = new Promise<Uint8Array>((...both) => {
      [resolve, reject] = both;
    });
    // a failure is the business of whoever reads the piece
    arrival.catch(() => undefined);
    this.pieces.set(index, { arrival, resolve, reject, hasArrived: false, isTaken: false, claims: 0 });
  }

  /** Sees to it that a piece stays until it is taken. */
  claim(index: number): void {
    const held = this.pieces.get(index);
    if (held !== undefined) held.claims++;
    this.change();
  }

  /** A piece that was claimed, once it is there. */
  async take(index: number): Promise<Uint8Array> {
    const held = this.pieces.get(index);
    if (held === undefined) throw new Error(`internal: piece ${index} was not claimed`);
    const bytes = await held.arrival;
    held.claims--;
    held.isTaken = true;
    this.latest = index;
    this.change();
    return bytes;
  }

  deliver(index: number, bytes: Uint8Array): void {
    const held = this.pieces.get(index);
    if (held === undefined) return;
    held.hasArrived = true;
    held.resolve(bytes);
    this.tidy();
  }

  /** Those of some pieces that have not arrived fail for whoever asked for them; asked for again, they are fetched again. */
  fail(indices: readonly number[], error: unknown): void {
    for (const index of indices) {
      const held = this.pieces.get(index);
      if (held === undefined || held.hasArrived) continue;
      held.reject(error);
      this.pieces.delete(index);
    }
  }

  /** Waits until another piece may arrive: at once if somebody waits for one. */
  async room(): Promise<void> {
    while (!this.isClosed && this.isFull()) {
      await new Promise<void>((resolve) => this.waiting.add(resolve));
    }
  }

  /** Lets go of what is of no more use. */
  tidy(): void {
    for (const [index, { hasArrived, claims }] of this.pieces) {
      if (hasArrived && claims === 0 && index !== this.latest && this.isPast(index))
        this.pieces.delete(index);
    }
    this.change();
  }

  close(): void {
    this.isClosed = true;
    this.fail(
      [...this.pieces.keys()],
      new SourceError('expected a file that is open, got one that was closed'),
    );
    this.pieces.clear();
    this.change();
  }

  private isFull(): boolean {
    let ahead = 0;
    for (const { hasArrived, isTaken, claims } of this.pieces.values()) {
      if (!hasArrived && claims > 0) return false;
      if (hasArrived && !isTaken) ahead++;
    }
    return ahead >= MOST_AHEAD;
  }

  private change(): void {
    for (const resolve of this.waiting) resolve();
    this.waiting.clear();
  }
}
