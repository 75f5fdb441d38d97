/** What the browser keeps of models, with their sizes, what loads them again, and what deletes them. */
import type { App } from '../app.ts';
import type { KeptModel } from '../protocol.ts';
import { button, make } from './make.ts';
import { bytesText } from './quantities.ts';

export class KeptList {
  readonly element = make('section', { class: 'kept', 'aria-labelledby': 'kept-title' });
  private readonly app: App;
  private readonly load: (address: string) => void;
  private readonly list = make('ul');

  constructor(app: App, load: (address: string) => void) {
    this.app = app;
    this.load = load;
    this.element.append(make('h3', { id: 'kept-title' }, 'Kept by this browser'), this.list);
  }

  async update(): Promise<void> {
    try {
      this.show(await this.app.models.kept());
    } catch (error) {
      this.app.notice.show(error);
    }
  }

  private show(kept: readonly KeptModel[]): void {
    const none = make('li', { class: 'none' }, 'Nothing yet. What is downloaded stays for the next visit.');
    this.list.replaceChildren(...(kept.length === 0 ? [none] : kept.map((model) => this.row(model))));
  }

  private row({ address, size, kept }: KeptModel): HTMLElement {
    const amount = kept === size ? bytesText(size) : `${bytesText(kept)} of ${bytesText(size)}`;
    const remove = async () => {
      this.show(await this.app.models.forget(address));
      this.element.querySelector('button')?.focus();
    };
    return make(
      'li',
      {},
      make('span', { class: 'address' }, address),
      make('span', { class: 'size' }, amount),
      button(kept === size ? 'Load' : 'Resume', () => this.load(address), {
        'aria-label': `Load ${address}`,
      }),
      button('Delete', () => void remove().catch((error) => this.app.notice.show(error)), {
        class: 'quiet',
        'aria-label': `Delete ${address}`,
      }),
    );
  }
}
