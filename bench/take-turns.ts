/** Measuring several things in rounds, so that what disturbs the machine disturbs them all. */
import { setTimeout as pause } from 'node:timers/promises';
import type { Child } from './child.ts';
import type { Limit } from './limit.ts';
import { measureNativeLimit, type NativeSpeed } from './native-limit.ts';
import type { Disturbance, NativeLimits } from './results.ts';
import { busySeconds } from './system-load.ts';

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
  /** a measurement during which all else had more than this share of a core is made again, three times at most; default any */
  calm?: number;
}

/** What is measured at the start of every round. */
export interface Gauges {
  /** 128-bit WebAssembly */
  limit: Limit;
  /** how to measure native code, if that can be done */
  native?: { program: string; threads: number } | undefined;
}

/** What came of it beside the participants' figures. */
export interface Turns {
  /** the 128-bit limit in every round */
  limits: number[];
  native: NativeLimits | undefined;
  disturbance: Disturbance;
}

/** Thread pools go on spinning for a moment after their work. */
const SETTLE = 60;
/** How often a measurement that was disturbed is made again. */
const MOST_REPEATS = 3;
/** Two of the ticks in which Linux counts processor time, in seconds: a difference that says nothing. */
const UNCERTAIN = 0.02;

/**
 * Lets each participant measure once in every round; the order moves on by one from round to round, so that nobody
 * always follows the same one.
 */
export async function takeTurns(
  participants: readonly Participant[],
  { limit, native }: Gauges,
  { rounds, budget, calm = Number.POSITIVE_INFINITY }: Patience,
): Promise<Turns> {
  const spent = new Map<Participant, number>();
  const limits: number[] = [];
  const natives: NativeSpeed[] = [];
  const measured: Measured[] = [];
  let repeats = 0;
  for (let round = 0; round < rounds; round++) {
    limits.push(await limit.measure());
    if (native !== undefined) natives.push(await measureNativeLimit(native.program, native.threads));
    const first = participants.length === 0 ? 0 : round % participants.length;
    for (const each of [...participants.slice(first), ...participants.slice(0, first)]) {
      const before = spent.get(each) ?? 0;
      if (each.problem !== undefined || before >= budget) continue;
      try {
        let one = await measureOnce(each, participants);
        for (let i = 0; i < MOST_REPEATS && one.others - UNCERTAIN > calm * one.seconds; i++) {
          repeats++;
          one = await measureOnce(each, participants);
        }
        measured.push(one);
        each.seconds.push(one.seconds);
        spent.set(each, before + one.seconds);
      } catch (error) {
        each.problem = error instanceof Error ? error.message : String(error);
      }
    }
  }
  const [idle, others] = [shareOf(measured, 'idle'), shareOf(measured, 'others')];
  return {
    limits,
    native: natives[0] && { lanes: natives[0].lanes, limits: natives.map(({ speed }) => speed) },
    disturbance: { ...(idle !== undefined && { idle }), ...(others !== undefined && { others }), repeats },
  };
}

/** Times in seconds. */
interface Measured {
  seconds: number;
  /** processor time, meanwhile, of the participants that should have slept; NaN if it is not known */
  idle: number;
  /** the same of the whole machine without the one that measured */
  others: number;
}

async function measureOnce(each: Participant, participants: readonly Participant[]): Promise<Measured> {
  await pause(SETTLE);
  const sleepers = participants.filter((other) => other !== each && other.problem === undefined);
  const times = (): Omit<Measured, 'seconds'> => {
    return { idle: cpuSeconds(sleepers), others: (busySeconds() ?? Number.NaN) - cpuSeconds([each]) };
  };
  const before = times();
  const seconds = await each.measure();
  const after = times();
  return { seconds, idle: after.idle - before.idle, others: after.others - before.others };
}

/** By the time measured, as a share of a core; undefined where it is not known. */
function shareOf(measured: readonly Measured[], whose: 'idle' | 'others'): number | undefined {
  let [part, all] = [0, 0];
  for (const each of measured) {
    part += each[whose];
    all += each.seconds;
  }
  return Number.isNaN(part) || all === 0 ? undefined : Math.max(0, part) / all;
}

function cpuSeconds(participants: readonly Participant[]): number {
  return participants.reduce((sum, { child }) => sum + (child.cpuSeconds() ?? Number.NaN), 0);
}
