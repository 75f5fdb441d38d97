/**
 * Lets timers, signals and what the user does have their turn. On devices that compute at once nothing else does: a promise that is
 * resolved goes on before them.
 *
 * @throws the signal's reason
 */
export async function nextTurn(signal: AbortSignal | undefined): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve));
  signal?.throwIfAborted();
}
