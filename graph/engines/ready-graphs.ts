/** Graphs that are ready to run, and who is using them. */
import type { EngineGraph } from './engine.ts';

interface Entry {
  readonly graph: Promise<EngineGraph>;
  users: number;
  retired: boolean;
}

/** Keeps the graphs that were used last; each is released once, when nobody is using it any more. */
export class ReadyGraphs {
  private readonly most: number;
  /** least recently used first */
  private readonly entries = new Map<string, Entry>();

  /** @param most how many are kept beyond their use */
  constructor(most: number) {
    this.most = most;
  }

  /**
   * Uses the graph of a key, which is made if it is not there. A graph that could not be made or failed is made anew the
   * next time.
   *
   * @throws what `make` and `use` throw
   */
  async use<Result>(
    key: string,
    make: () => Promise<EngineGraph>,
    use: (graph: EngineGraph) => Promise<Result>,
  ): Promise<Result> {
    const entry = this.entries.get(key) ?? { graph: make(), users: 0, retired: false };
    this.entries.delete(key);
    this.entries.set(key, entry);
    entry.users++;
    try {
      return await use(await entry.graph);
    } catch (error) {
      if (this.entries.get(key) === entry) await this.retire(key);
      throw error;
    } finally {
      entry.users--;
      if (entry.retired && entry.users === 0) await release(entry);
      await this.retireOldest();
    }
  }

  /** Releases all graphs, those in use when they are no longer. */
  async release(): Promise<void> {
    await Promise.all([...this.entries.keys()].map((key) => this.retire(key)));
  }

  private async retireOldest(): Promise<void> {
    const [oldest] = this.entries.keys();
    if (this.entries.size > this.most && oldest !== undefined) await this.retire(oldest);
  }

  private async retire(key: string): Promise<void> {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.entries.delete(key);
    entry.retired = true;
    if (entry.users === 0) await release(entry);
  }
}

async function release({ graph }: Entry): Promise<void> {
  const ready = await graph.catch(() => undefined);
  await ready?.release();
}
