/** What stands where there is nothing to see yet: how to get something. */
import { make } from './make.ts';

export function emptyState(text: string): HTMLElement {
  return make('p', { class: 'empty' }, text);
}
