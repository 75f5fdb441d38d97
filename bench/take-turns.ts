/** Measuring several things in rounds, so that what disturbs the machine disturbs them all. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Child } from './child.ts';
import type { Limit } from './limit.ts';

/** One of those that take turns. */
export interface Participant {
  child: Child;
  /** measures once, in seconds */
  measure: () => Promise<number>;
  /** what it measured, one for each round */
  seconds: number[];
  /** why it left */
  problem?: string;
}

/** How long it goes on. */
export interface Patience {
  rounds: number;
  /** seconds after which a participant has measured enough, be the rounds done or not */
  budget: number;
}

/** What came of it beside the participants' figures. */
export interface Turns {
  /** the 128-bit limit in every round */
  limits: number[];
  disturbance: number | undefined;
}

/** Thread pools go on spinning for a moment after their work. */
const SETTLE = 60;

/**
 * Lets each participant measure once in every round; the order moves on by one from round to round, so that nobody
 * always follows the same one.
 */
export async function takeTurns(
  participants: readonly Participant[],
  limit: Limit,
  { rounds, budget }: Patience,
): Promise<Turns> {
  const limits: number[] = [];
  const spent = new Map<Participant, number>();
  let measured = 0;
  let idle = 0;
  for (let round = 0; round < rounds; round++) {
    limits.push(await limit.measure());
    const first = participants.length === 0 ? 0 : round % participants.length;
    for (const each of [...participants.slice(first), ...participants.slice(0, first)]) {
      const before = spent.get(each) ?? 0;
      if (each.problem !== undefined || before >= budget) continue;
      await pause(SETTLE);
      const others = participants.filter((other) => other !== each);
      const cpu = cpuSeconds(others);
      try {
        const seconds = await each.measure();
        each.seconds.push(seconds);
        spent.set(each, before + seconds);
        measured += seconds;
      } catch (error) {
        each.problem = error instanceof Error ? error.message : String(error);
      }
      idle += cpuSeconds(others) - cpu;
    }
  }
  const known = participants.every(
    ({ child, problem }) => problem !== undefined || child.cpuSeconds() !== undefined,
  );
  return { limits, disturbance: known && measured > 0 ? Math.max(0, idle) / measured : undefined };
}

function cpuSeconds(participants: readonly Participant[]): number {
  return participants.reduce(
    (sum, { child, problem }) => sum + (problem === undefined ? (child.cpuSeconds() ?? 0) : 0),
    0,
  );
}
