/** In-flight calls. */

/** Knows which calls are in flight, so that what they use is freed after the last of them. */
export class InFlightCalls {
  private readonly calls = new Set<Promise<unknown>>();
  private drained: Promise<void> | undefined;

  /** Whether `drain` has been called. */
  get isDraining(): boolean {
    return this.drained !== undefined;
  }

  /** Counts a call as in flight until it has settled. */
  async track<Result>(call: Promise<Result>): Promise<Result> {
    this.calls.add(call);
    try {
      return await call;
    } finally {
      this.calls.delete(call);
    }
  }

  /**
   * Waits for all calls, however they end, and runs `last`, once.
   *
   * @returns the same promise whenever it is called again
   */
  drain(last: () => Promise<void>): Promise<void> {
    this.drained ??= Promise.allSettled(this.calls).then(last);
    return this.drained;
  }
}
