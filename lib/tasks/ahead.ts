/** Iterators that work on the next value while the last one is used. */

/**
 * The same values, of which the next is asked for before one is handed out; never more than that.
 *
 * Whoever stops early waits for the value that is on its way, and then the source is told to stop.
 */
export async function* oneAhead<T>(source: AsyncIterator<T, void>): AsyncGenerator<T, void> {
  let next = source.next();
  try {
    for (let result = await next; !result.done; result = await next) {
      next = source.next();
      // an error is told when its turn comes
      next.catch(() => undefined);
      yield result.value;
    }
  } finally {
    await next.catch(() => undefined);
    await source.return?.();
  }
}
