/** Progress bars on stderr, where somebody is there to see them. */
import type { SingleBar } from 'cli-progress';
import { isQuiet } from './messages.ts';

/** A bar that may not be there. */
export interface Progress {
  /** sets how much is done, if it has changed how much there is, and what is to be said beside it */
  update(done: number, total?: number, beside?: string): void;
  /** goes on to something else, unless that is going on already */
  next(label: string, unit: string): void;
  stop(): void;
}

const COUNTS = '{label} {bar} {percentage}% · {value}/{total} {unit} · {eta_formatted} left{beside}';

const SILENT: Progress = { update: () => undefined, next: () => undefined, stop: () => undefined };

/**
 * Starts a bar, or nothing where stderr is no terminal, or with `--quiet`.
 *
 * @param label what is going on, e.g. `embedding`
 * @param total how much there is; 0 if that shows later
 * @param unit what is counted, e.g. `images`
 */
export async function startProgress(label: string, total: number, unit: string): Promise<Progress> {
  if (!process.stderr.isTTY || isQuiet()) return SILENT;
  const { SingleBar: Bar, Presets, Format } = (await import('cli-progress')).default;
  const bar: SingleBar = new Bar(
    {
      // of nothing, as long as nobody knows how much there is, a bar would be full
      format: (style, counts, names) =>
        counts.total > 0 ? Format.Formatter({ ...style, format: COUNTS }, counts, names) : `${names.label} …`,
      stream: process.stderr,
      // nothing that Ctrl-C would leave behind in the terminal
      hideCursor: false,
      linewrap: true,
      clearOnComplete: true,
      stopOnComplete: false,
    },
    Presets.shades_classic,
  );
  let current = label;
  bar.start(total, 0, { label, unit, beside: '' });
  return {
    update(done, newTotal, beside) {
      if (newTotal !== undefined && newTotal !== bar.getTotal()) bar.setTotal(newTotal);
      bar.update(done, beside === undefined ? undefined : { beside: ` · ${beside}` });
    },
    next(label, unit) {
      if (label === current) return;
      current = label;
      bar.stop();
      bar.start(0, 0, { label, unit, beside: '' });
    },
    stop: () => bar.stop(),
  };
}
