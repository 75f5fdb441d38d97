/** Which model the page loads again at the next visit; none where the browser keeps nothing for it, as where cookies are blocked. */
import type { ModelChoice } from './protocol.ts';

const KEY = 'dinov2 model';

/** @returns its id or address; null where none is remembered */
export function rememberedAddress(): string | null {
  try {
    return localStorage.getItem(KEY);
  } catch {
    return null;
  }
}

/** Remembers a model that has an address, and forgets the one before for any other. */
export function rememberModel(choice: ModelChoice): void {
  try {
    if (choice.kind === 'address') localStorage.setItem(KEY, choice.address);
    else localStorage.removeItem(KEY);
  } catch {
    // the next visit begins with the bundled model
  }
}
