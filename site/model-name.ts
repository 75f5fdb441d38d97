/** What the page calls a model. */
import type { ModelChoice } from './protocol.ts';

/** Its id or address, the name of a file that was dropped, or `digits`, which is the bundled one. */
export function modelNameOf(choice: ModelChoice): string {
  if (choice.kind === 'bundled') return 'digits';
  return choice.kind === 'files' ? choice.name : choice.address;
}
