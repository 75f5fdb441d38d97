/** Waiting between a failed request and the next. */
import { setTimeout as wait } from 'node:timers/promises';
import { BusyError } from './hub-request.ts';

const ATTEMPTS = 5;
const FIRST_WAIT_MS = 200;
const LONGEST_WAIT_MS = 30_000;

/**
 * Waits before the next attempt: twice as long each time, or as long as the server asks for (`Retry-After`).
 *
 * @param attempt the one that failed, from 1
 * @returns false, at once, if there is to be no other: after five, or if the server asks for more than half a minute
 * @throws what aborts the signal
 */
export async function waitToRetry(
  attempt: number,
  error: unknown,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const pause = Math.max(FIRST_WAIT_MS * 2 ** (attempt - 1), error instanceof BusyError ? error.pause : 0);
  if (attempt >= ATTEMPTS || pause > LONGEST_WAIT_MS) return false;
  await wait(pause, undefined, { signal });
  return true;
}
