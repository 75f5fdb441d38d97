/** Cutting what a server sends into pieces, as it arrives. */
import { SourceError } from '../../errors/errors.ts';
import { networkReason } from '../read-body.ts';

/** A connection that broke, or ended early: another request may go on from there. */
export class BrokenOffError extends SourceError {}

/**
 * Gives the pieces of a body, each in a buffer of its own; no more of the body is taken than is asked for.
 *
 * @param where the address, for error messages
 * @param lengths of the pieces, which are all there is to be
 * @param signal gives up what is underway
 * @param onBytes told how many bytes have arrived; negative where those of a piece are lost
 * @throws BrokenOffError if the body ends before the last piece does; SourceError if it goes on behind it
 */
export async function* cutBody(
  response: Response,
  where: string,
  lengths: readonly number[],
  signal: AbortSignal,
  onBytes: (count: number) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const reader = response.body?.getReader();
  const giveUp = (): Promise<void> | undefined => reader?.cancel().catch(() => undefined);
  signal.addEventListener('abort', giveUp, { once: true });
  let rest: Uint8Array | undefined = new Uint8Array(0);
  const refill = async (): Promise<void> => {
    try {
      rest = (await reader?.read())?.value;
    } catch (error) {
      throw new BrokenOffError(`${where}: expected an answer, got ${networkReason(error)}`, { cause: error });
    }
  };
  let filled = 0;
  try {
    for (const [place, length] of lengths.entries()) {
      const piece = new Uint8Array(length);
      for (filled = 0; filled < length; ) {
        if (rest.length === 0) await refill();
        if (rest === undefined) {
          throw new BrokenOffError(
            `${where}: expected ${length} bytes, got ${filled}; the answer was cut short`,
          );
        }
        const part: Uint8Array = rest.subarray(0, length - filled);
        piece.set(part, filled);
        filled += part.length;
        rest = rest.subarray(part.length);
        onBytes(part.length);
      }
      if (place === lengths.length - 1 && rest.length === 0) await refill();
      if (place === lengths.length - 1 && rest !== undefined) {
        throw new SourceError(`${where}: expected as many bytes as were announced, got more`);
      }
      filled = 0;
      yield piece;
    }
  } catch (error) {
    onBytes(-filled);
    throw error;
  } finally {
    signal.removeEventListener('abort', giveUp);
    await giveUp();
  }
}
