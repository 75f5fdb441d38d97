import { COUNTER, FAILURES, GATE, GATE_OPEN, GENERATION, KIND, MAY_WAIT, READY, SLEEPERS, TEAM } from '../control-block';
import { work } from './work';

/**
 * Turns of waiting before a thread goes to sleep: some 100 µs, longer than the pause between two ops of a model.
 */
const SPIN: i32 = 50000;

/** Turns of about a second, where the main thread may not sleep. */
const SPINS_PER_SECOND: i32 = 300000000;

/** Main thread: lets the workers into the job that stands in the control block. */
export function open(): void {
  store<i32>(COUNTER, 0);
  if (ASC_FEATURE_THREADS) {
    atomic.or<i32>(GATE, GATE_OPEN);
    atomic.add<i32>(GENERATION, 1);
    if (atomic.load<i32>(SLEEPERS) > 0) atomic.notify(GENERATION, -1);
  }
}

/** Main thread: does the job alone. */
export function workAlone(): void {
  store<i32>(COUNTER, 0);
  work(load<i32>(KIND), 0);
}

/** Main thread: does its share of an open job. */
export function workAlong(): void {
  work(load<i32>(KIND), 0);
}

/**
 * Main thread: closes the job and waits for the workers inside to finish their last item.
 *
 * A worker that comes late finds the gate closed and never reads the parameters, so they may change at once.
 *
 * @returns the number of workers that dropped the job, or −1 if one has not come out for `patience` sleeps of 1 s
 */
export function close(patience: i32): i32 {
  if (ASC_FEATURE_THREADS) {
    atomic.and<i32>(GATE, ~GATE_OPEN);
    let turns = SPIN;
    while (atomic.load<i32>(GATE) != 0) {
      if (--turns > 0) continue;
      if (load<i32>(MAY_WAIT) == 0) {
        if (turns > -SPINS_PER_SECOND) continue;
        turns = 0;
        if (--patience <= 0) return -1;
      } else {
        const inside = atomic.load<i32>(GATE);
        if (inside == 0) break;
        if (atomic.wait<i32>(GATE, inside, 1000000000) == 2 && --patience <= 0) return -1;
      }
    }
    return atomic.xchg<i32>(FAILURES, 0);
  }
  return 0;
}

/**
 * A worker's life: wait for a job, go in, work, come out. Returns when the team is dissolved.
 *
 * @param team the number of the worker's team; it changes only while no job is open, so a worker that went through
 *   the open gate and finds its own number there is the only one with its thread number
 */
export function workerLoop(thread: i32, team: i32): void {
  if (ASC_FEATURE_THREADS) {
    atomic.add<i32>(READY, 1);
    // a job may be open already: start as if the last one seen were an earlier one
    let seen = atomic.load<i32>(GENERATION) - 1;
    while (true) {
      let turns = SPIN;
      while (atomic.load<i32>(GENERATION) == seen) {
        if (--turns > 0) continue;
        atomic.add<i32>(SLEEPERS, 1);
        while (atomic.load<i32>(GENERATION) == seen) atomic.wait<i32>(GENERATION, seen, -1);
        atomic.sub<i32>(SLEEPERS, 1);
      }
      seen = atomic.load<i32>(GENERATION);
      if (atomic.load<i32>(TEAM) != team) break;
      const entered = (atomic.add<i32>(GATE, 1) & GATE_OPEN) != 0;
      if (entered && atomic.load<i32>(TEAM) == team) work(load<i32>(KIND), thread);
      leave();
    }
    atomic.sub<i32>(READY, 1);
  }
}

/** Main thread: lets the workers of this team go; those of the next one have another number. */
export function dissolve(): i32 {
  if (ASC_FEATURE_THREADS) {
    const team = atomic.add<i32>(TEAM, 1) + 1;
    atomic.add<i32>(GENERATION, 1);
    atomic.notify(GENERATION, -1);
    return team;
  }
  return 0;
}

/** A worker that trapped inside a job: gives it up, so that nobody waits for it. */
export function abandon(): void {
  if (ASC_FEATURE_THREADS) {
    atomic.add<i32>(FAILURES, 1);
    atomic.sub<i32>(READY, 1);
    leave();
  }
}

// the last one out of a closed gate wakes the main thread
function leave(): void {
  if (ASC_FEATURE_THREADS) {
    if (atomic.sub<i32>(GATE, 1) == 1) atomic.notify(GATE, 1);
  }
}
