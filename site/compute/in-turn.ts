/** Work that must not overlap: what computes with the model, and what puts another one in its place. */

let last: Promise<unknown> = Promise.resolve();

/** Begins when what came before has ended, well or not. */
export function inTurn<Result>(work: () => Promise<Result>): Promise<Result> {
  const result = last.then(work);
  last = result.catch(() => undefined);
  return result;
}
