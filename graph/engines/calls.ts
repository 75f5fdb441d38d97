/** Calls that may not be over when the end comes. */

/** Knows which calls have begun, so that an end can wait for them. */
export class Calls {
  private readonly begun = new Set<Promise<unknown>>();
  private ending: Promise<void> | undefined;

  /** Whether the end has come, or is waited for. */
  get isEnding(): boolean {
    return this.ending !== undefined;
  }

  /** Notes a call until it is over. */
  async during<Result>(call: Promise<Result>): Promise<Result> {
    this.begun.add(call);
    try {
      return await call;
    } finally {
      this.begun.delete(call);
    }
  }

  /**
   * Waits for all calls, however they end, and runs `last`, once.
   *
   * @returns the same promise whenever it is called again
   */
  end(last: () => Promise<void>): Promise<void> {
    this.ending ??= Promise.allSettled(this.begun).then(last);
    return this.ending;
  }
}
