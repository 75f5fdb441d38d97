/** Work over images, one after the other, until none wants any. */
import type { App } from './app.ts';
import { byId } from './parts/make.ts';
import { isAbort } from './parts/notice.ts';

/** What is done with items that want it. */
export interface RunTask<Item> {
  /** those that want work now, in order */
  wanting(): readonly Item[];
  work(item: Item, signal: AbortSignal): Promise<void>;
  /** has the item want work no more */
  failed(item: Item, error: unknown): void;
}

export class ImageRun<Item> {
  private readonly app: App;
  private readonly task: RunTask<Item>;
  private controller: AbortController | undefined;

  constructor(app: App, task: RunTask<Item>) {
    this.app = app;
    this.task = task;
  }

  /** Begins, unless it is underway: it finds by itself what has come to want work. */
  go(): void {
    if (this.controller === undefined) void this.pursue();
  }

  /** Ends what is underway; what was asked of the worker is not waited for. */
  stop(): void {
    this.controller?.abort();
    this.controller = undefined;
    this.tell(0);
  }

  /** An error is shown, and the next item has its turn: one image that can't be read takes nothing from the others. */
  private async pursue(): Promise<void> {
    const controller = new AbortController();
    this.controller = controller;
    const { signal } = controller;
    for (;;) {
      const wanting = this.task.wanting();
      const [item] = wanting;
      if (item === undefined) break;
      this.tell(wanting.length);
      try {
        await this.task.work(item, signal);
      } catch (error) {
        if (signal.aborted) return;
        this.task.failed(item, error);
        if (!isAbort(error)) this.app.notice.show(error);
      }
      if (signal.aborted) return;
    }
    this.stop();
  }

  /** Says in the line at the foot how much is left, beside a button that stops it until something changes. */
  private tell(left: number): void {
    byId('progress').textContent = left > 1 ? `${left} to go` : '';
    byId('stop').hidden = left <= 1;
    byId('stop').onclick = () => this.stop();
  }
}
