/** Measuring the 128-bit limit of the machine, so that figures can be set in relation to it. */
import { Child, type Programs } from './child.ts';
import { OPERATIONS_PER_TURN } from './engines/probe.ts';

/** Some 30 ms on a fast processor. */
const TURNS = 20_000_000;

/** One process for each thread, which compute at the same time. */
export class Limit {
  private readonly children: readonly Child[];

  constructor(threads: number, programs: Programs) {
    this.children = Array.from({ length: threads }, () => new Child('probe', 1, programs));
  }

  /** Compiles the probe. */
  async warmUp(): Promise<void> {
    await this.measure();
  }

  /** @returns operations a second of all processes together */
  async measure(): Promise<number> {
    const replies = await Promise.all(this.children.map((child) => child.ask({ do: 'probe', turns: TURNS })));
    return replies.reduce((sum, { seconds }) => sum + (TURNS * OPERATIONS_PER_TURN) / seconds, 0);
  }

  async close(): Promise<void> {
    await Promise.all(this.children.map((child) => child.close()));
  }
}
