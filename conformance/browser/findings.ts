/** What a page found: how much was compared, and what was not as it should be. */
export class Findings {
  readonly misses: string[] = [];
  private readonly counts = new Map<string, number>();

  /**
   * Runs one check.
   *
   * @param kind what is compared, in the plural
   * @param check returns what is wrong; none if all is well
   */
  async gather(kind: string, name: string, check: () => Promise<readonly unknown[]>): Promise<void> {
    this.counts.set(kind, (this.counts.get(kind) ?? 0) + 1);
    try {
      for (const miss of await check()) this.misses.push(`${name}: ${JSON.stringify(miss)}`);
    } catch (error) {
      this.misses.push(`${name}: ${error instanceof Error ? error.stack : String(error)}`);
    }
  }

  /** What was compared, in words, with how many. */
  get done(): string[] {
    return [...this.counts].map(([kind, count]) => `${count} ${kind}`);
  }
}
