/** What went wrong, and what to do, in a line that stays until it is closed; and what is said to screen readers alone. */
import { button, byId, make } from './make.ts';

/** Whether work was ended on purpose. */
export function isAbort(error: unknown): boolean {
  return error instanceof DOMException && error.name === 'AbortError';
}

export class Notice {
  private readonly place = byId('notice');
  private readonly quiet = byId('announcement');

  /** Shows an error of the library or the browser; one of work that was ended on purpose is none. */
  show(error: unknown): void {
    if (isAbort(error)) return;
    const message = error instanceof Error ? error.message : String(error);
    const close = button('Close', () => this.place.replaceChildren(), { class: 'quiet' });
    this.place.replaceChildren(make('p', {}, message), close);
  }

  clear(): void {
    this.place.replaceChildren();
  }

  /** Says something to screen readers. */
  announce(text: string): void {
    this.quiet.textContent = text;
  }
}
