/** What graphs and models have in common once another engine runs them. */
/// <reference lib="esnext.disposable" preserve="true" />
import { Dinov2Error } from '../../errors/errors.ts';
import { Printed } from '../../errors/printed.ts';

/** What is called and disposed of; what calls in flight use is freed after the last of them. */
export abstract class Compiled extends Printed {
  private readonly calls = new Set<Promise<unknown>>();
  private disposed: Promise<void> | undefined;

  /** Waits for calls that have begun, however they end, and frees what the engine keeps, once. Safe to call twice. */
  dispose(): Promise<void> {
    this.disposed ??= Promise.allSettled(this.calls).then(() => this.release());
    return this.disposed;
  }

  /** Begins to free what the engine keeps. */
  [Symbol.dispose](): void {
    void this.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  /** Frees what the engine keeps. */
  protected abstract release(): Promise<void>;

  /** @throws Dinov2Error on a call, by its name, after `dispose` */
  protected requireAlive(call: string): void {
    if (this.disposed === undefined) return;
    throw new Dinov2Error(`${call}() must come before dispose(), got a call after it`);
  }

  /** Counts a call as in flight until it has settled. */
  protected async track<Result>(call: Promise<Result>): Promise<Result> {
    this.calls.add(call);
    try {
      return await call;
    } finally {
      this.calls.delete(call);
    }
  }
}
