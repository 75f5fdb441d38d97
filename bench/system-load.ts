/** What the whole machine does, so that a measurement that was disturbed can be told from one that was not. */
import { readFileSync } from 'node:fs';

/** Clock ticks in a second, as Linux counts. */
const TICKS = 100;

/**
 * @param stat the text of `/proc/stat`
 * @returns seconds of processor time so far, of all cores together, that were not idle: of programs, of the system, and of
 *   what the machine's host took away
 * @throws Error on anything else
 */
export function parseBusy(stat: string): number {
  const [, text = ''] = /^cpu +(.+)$/m.exec(stat) ?? [];
  const [user, nice, system, , , interrupts, softInterrupts, stolen] = text.split(' ').map(Number);
  const busy = [user, nice, system, interrupts, softInterrupts, stolen].reduce<number>(
    (sum, ticks) => sum + (ticks ?? Number.NaN),
    0,
  );
  if (Number.isNaN(busy)) throw new Error(`bench: expected times of the processor, got ${text}`);
  return busy / TICKS;
}

/** `parseBusy` now; undefined where the system does not tell. */
export function busySeconds(): number | undefined {
  try {
    return parseBusy(readFileSync('/proc/stat', 'utf8'));
  } catch {
    return undefined;
  }
}
