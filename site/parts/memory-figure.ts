/** How much memory the page takes: as the browser measures it where it does, else what is known to be in use. */
import { byId } from './make.ts';
import { bytesText } from './quantities.ts';

/** What Chromium adds to the platform's `performance`. */
interface MeasuringPerformance {
  /** of isolated pages; waits for the garbage collector, some seconds */
  measureUserAgentSpecificMemory?(): Promise<{ bytes: number }>;
  /** of the page's own heap, without its worker */
  readonly memory?: { readonly usedJSHeapSize: number };
}

const BROWSER: Performance & MeasuringPerformance = performance;

/** Milliseconds between measurements. */
const PAUSE = 5000;

export class MemoryFigure {
  private readonly place = byId('memory');
  private measuring: Promise<void> | undefined;
  private isMeasured = false;

  /** @param computing bytes that the worker knows of */
  update(computing: number): void {
    if (crossOriginIsolated) this.measuring ??= this.measure();
    if (this.isMeasured) return;
    const known = computing + (BROWSER.memory?.usedJSHeapSize ?? 0);
    this.show(
      `at least ${bytesText(known)}`,
      'Weights and tensors, and the page’s own heap where it is known',
    );
  }

  private async measure(): Promise<void> {
    try {
      const measured = await BROWSER.measureUserAgentSpecificMemory?.();
      if (measured === undefined) return;
      this.isMeasured = true;
      this.show(
        bytesText(measured.bytes),
        'The page, its worker and its threads, as the browser measures it',
      );
    } catch {
      // the browser does not measure this page: what is known stays
      return;
    }
    setTimeout(() => {
      this.measuring = undefined;
    }, PAUSE);
  }

  private show(text: string, title: string): void {
    this.place.textContent = text;
    this.place.title = title;
  }
}
