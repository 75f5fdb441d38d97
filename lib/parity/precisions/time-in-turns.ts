/** The time of two things in turns, so that what slows the machine down for a while slows both. */
import { nextTurn } from './next-turn.ts';

/**
 * Runs both some times, now one first and now the other.
 *
 * @param rounds how often, at least once
 * @param signal ends it between two rounds
 * @param now a clock in milliseconds
 * @returns milliseconds of each round, of the first and of the second
 * @throws the signal's reason
 */
export async function timeInTurns(
  first: () => Promise<void>,
  second: () => Promise<void>,
  rounds: number,
  signal?: AbortSignal,
  now: () => number = () => performance.now(),
): Promise<[first: number[], second: number[]]> {
  const times: [number[], number[]] = [[], []];
  const runs = [
    { run: first, taken: times[0] },
    { run: second, taken: times[1] },
  ];
  for (let round = 0; round < rounds; round++) {
    await nextTurn(signal);
    for (const { run, taken } of round % 2 === 0 ? runs : [...runs].reverse()) {
      const start = now();
      await run();
      taken.push(now() - start);
    }
  }
  return times;
}

/**
 * The middle value, or the mean of the two in the middle.
 *
 * @param values at least one
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(half)] ?? Number.NaN) + (sorted[Math.ceil(half)] ?? Number.NaN)) / 2;
}
