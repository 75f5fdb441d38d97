/** The heads of a layer as small maps, of which one is shown large. */
import { make } from './make.ts';
import { paint } from './paint.ts';

export class HeadList {
  readonly element = make('div', { class: 'heads', role: 'group', 'aria-label': 'Heads' });
  /** 0 for the mean of all, then each of them */
  chosen = 0;
  private readonly onchange: () => void;
  private buttons: readonly HTMLButtonElement[] = [];

  constructor(onchange: () => void) {
    this.onchange = onchange;
  }

  /** How many heads there are; their mean is chosen. */
  set count(heads: number) {
    this.buttons = Array.from({ length: heads + 1 }, (_, i) => {
      const text = i === 0 ? 'Mean' : String(i);
      const label = i === 0 ? 'Mean of all heads' : `Head ${i}`;
      const properties = {
        type: 'button',
        class: 'head',
        'aria-label': label,
        onclick: () => this.choose(i),
      };
      return make('button', properties, make('canvas'), make('span', {}, text));
    });
    this.element.replaceChildren(...this.buttons);
    this.mark(0);
  }

  show(maps: readonly ImageData[]): void {
    for (const [i, map] of maps.entries()) {
      const canvas = this.buttons[i]?.querySelector('canvas');
      if (canvas !== null && canvas !== undefined) paint(canvas, map);
    }
  }

  private choose(head: number): void {
    this.mark(head);
    this.onchange();
  }

  private mark(head: number): void {
    this.chosen = head;
    for (const [i, each] of this.buttons.entries()) each.setAttribute('aria-pressed', String(i === head));
  }
}
