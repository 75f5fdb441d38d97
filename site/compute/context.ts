/** What a request is carried out with. */
import type { CallName, Calls } from '../protocol.ts';

export interface Context<Name extends CallName> {
  /** ends it */
  readonly signal: AbortSignal;
  readonly report: (progress: Calls[Name]['progress']) => void;
}
