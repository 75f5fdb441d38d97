/** What the command does when it is told to stop. */

/** The signals that ask a command to stop. */
export const STOP_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs work that has something to put away, such as a download, before the command ends.
 *
 * When a signal comes, the work's own signal is aborted; once it has stopped, the command ends by the signal that came.
 * A second one ends it at once.
 */
export async function interruptible<Result>(work: (signal: AbortSignal) => Promise<Result>): Promise<Result> {
  const controller = new AbortController();
  let received: NodeJS.Signals | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    received = signal;
    controller.abort();
  };
  for (const signal of STOP_SIGNALS) process.once(signal, stop);
  try {
    return await work(controller.signal);
  } finally {
    for (const signal of STOP_SIGNALS) process.off(signal, stop);
    if (received !== undefined) process.kill(process.pid, received);
  }
}

/**
 * Has something put away at once when a signal ends the command, whatever it is doing.
 *
 * Where `interruptible` work is going on, it is that which ends the command.
 */
export function whenStopped(putAway: () => void): void {
  const stop = (signal: NodeJS.Signals): void => {
    putAway();
    if (process.listenerCount(signal) === 0) process.kill(process.pid, signal);
  };
  for (const signal of STOP_SIGNALS) process.once(signal, stop);
}
