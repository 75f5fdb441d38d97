/** The heads of a layer as small maps, of which one is shown large. */
import type { AttentionHead } from '../protocol.ts';
import { make } from './make.ts';
import { paint } from './paint.ts';

export class HeadList {
  readonly element = make('div', { class: 'heads', role: 'group', 'aria-label': 'Heads' });
  chosen: AttentionHead = 'mean';
  private readonly onchange: () => void;
  private buttons: readonly HTMLButtonElement[] = [];

  constructor(onchange: () => void) {
    this.onchange = onchange;
  }

  /** How many heads there are; their mean is chosen. */
  set count(heads: number) {
    this.buttons = [
      this.button('mean', 'Mean', 'Mean of all heads'),
      ...Array.from({ length: heads }, (_, head) => this.button(head, String(head), `Head ${head}`)),
    ];
    this.element.replaceChildren(...this.buttons);
    this.mark('mean');
  }

  /** @param maps the mean of all heads, then each of them */
  show(maps: readonly ImageData[]): void {
    for (const [i, map] of maps.entries()) {
      const canvas = this.buttons[i]?.querySelector('canvas');
      if (canvas !== null && canvas !== undefined) paint(canvas, map);
    }
  }

  private button(head: AttentionHead, text: string, label: string): HTMLButtonElement {
    const onclick = (): void => {
      this.mark(head);
      this.onchange();
    };
    const properties = { type: 'button', class: 'head', value: String(head), 'aria-label': label, onclick };
    return make('button', properties, make('canvas'), make('span', {}, text));
  }

  private mark(head: AttentionHead): void {
    this.chosen = head;
    for (const each of this.buttons) each.setAttribute('aria-pressed', String(each.value === String(head)));
  }
}
