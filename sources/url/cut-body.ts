/** Cutting what a server sends into pieces, as it arrives. */
import { SourceError } from '../../errors/errors.ts';
import { networkReason } from '../read-body.ts';

/** A piece of which the beginning is here. */
export interface Part {
  readonly piece: Uint8Array;
  readonly filled: number;
}

/** A connection that broke, or ended early: another request may go on from there. */
export class BrokenOffError extends SourceError {
  /** what is here of the piece that broke off */
  readonly part: Part;
  /** whether the answer came to an end of its own, as where a server gives less than it is asked for */
  readonly isEnd: boolean;

  constructor(message: string, part: Part, isEnd: boolean, options?: ErrorOptions) {
    super(message, options);
    this.part = part;
    this.isEnd = isEnd;
  }
}

/**
 * Gives the pieces of a body, each in a buffer of its own; no more of the body is taken than is asked for.
 *
 * @param where the address, for error messages
 * @param lengths of the pieces, which are all there is to be
 * @param signal gives up what is underway
 * @param onBytes told how many bytes have arrived
 * @param begun the first piece, where the body goes on in the middle of it
 * @throws BrokenOffError if the body ends before the last piece does; SourceError if it goes on behind it
 */
export async function* cutBody(
  response: Response,
  where: string,
  lengths: readonly number[],
  signal: AbortSignal,
  onBytes: (count: number) => void,
  begun?: Part,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = response.body?.getReader();
  const giveUp = (): Promise<void> | undefined => reader?.cancel().catch(() => undefined);
  signal.addEventListener('abort', giveUp, { once: true });
  let rest: Uint8Array | undefined = new Uint8Array(0);
  let part: Part = { piece: new Uint8Array(0), filled: 0 };
  const refill = async (): Promise<void> => {
    try {
      rest = (await reader?.read())?.value;
    } catch (cause) {
      const message = `${where}: expected an answer, got ${networkReason(cause)}`;
      throw new BrokenOffError(message, part, false, { cause });
    }
  };
  try {
    for (const [place, length] of lengths.entries()) {
      part = (place === 0 ? begun : undefined) ?? { piece: new Uint8Array(length), filled: 0 };
      while (part.filled < length) {
        if (rest.length === 0) await refill();
        if (rest === undefined) {
          const message = `${where}: expected ${length} bytes, got ${part.filled}; the answer was cut short`;
          throw new BrokenOffError(message, part, true);
        }
        const taken: Uint8Array = rest.subarray(0, length - part.filled);
        part.piece.set(taken, part.filled);
        part = { piece: part.piece, filled: part.filled + taken.length };
        rest = rest.subarray(taken.length);
        onBytes(taken.length);
      }
      if (place === lengths.length - 1 && rest.length === 0) await refill();
      if (place === lengths.length - 1 && rest !== undefined) {
        throw new SourceError(`${where}: expected as many bytes as were announced, got more`);
      }
      yield part.piece;
    }
  } finally {
    signal.removeEventListener('abort', giveUp);
    await giveUp();
  }
}
