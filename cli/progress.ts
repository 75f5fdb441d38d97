/** Progress bars on stderr, where somebody is there to see them. */
import type { SingleBar } from 'cli-progress';
import { isQuiet } from './messages.ts';

/** A bar that may not be there. */
export interface Progress {
  /** sets how much is done, if it has changed how much there is, and what is to be said beside it */
  update(done: number, total?: number, beside?: string): void;
  stop(): void;
}

const SILENT: Progress = { update: () => undefined, stop: () => undefined };

/**
 * Starts a bar, or nothing where stderr is no terminal, or with `--quiet`.
 *
 * @param label what is going on, e.g. `embedding`
 * @param total how much there is; 0 if that shows later
 * @param unit what is counted, e.g. `images`
 */
export async function startProgress(label: string, total: number, unit: string): Promise<Progress> {
  if (!process.stderr.isTTY || isQuiet()) return SILENT;
  const { SingleBar: Bar, Presets } = (await import('cli-progress')).default;
  const bar: SingleBar = new Bar(
    {
      format: `${label} {bar} {percentage}% · {value}/{total} ${unit} · {eta_formatted} left{beside}`,
      stream: process.stderr,
      // nothing that Ctrl-C would leave behind in the terminal
      hideCursor: false,
      linewrap: true,
      clearOnComplete: true,
      stopOnComplete: false,
    },
    Presets.shades_classic,
  );
  bar.start(total, 0, { beside: '' });
  return {
    update(done, newTotal, beside) {
      if (newTotal !== undefined && newTotal !== bar.getTotal()) bar.setTotal(newTotal);
      bar.update(done, beside === undefined ? undefined : { beside: ` · ${beside}` });
    },
    stop: () => bar.stop(),
  };
}
