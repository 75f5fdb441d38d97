/** The images as a strip of small copies: each is chosen by a click and taken away by its cross. */
import type { App } from '../app.ts';
import type { PageImage } from '../images.ts';
import { CardList } from './card-list.ts';
import { button, byId, make } from './make.ts';
import { countText } from './quantities.ts';

class Thumbnail {
  readonly element: HTMLElement;
  private readonly choose: HTMLButtonElement;

  constructor(app: App, { id, name, thumbnail }: PageImage) {
    const image = make('img', { src: thumbnail, alt: '', loading: 'lazy' });
    const onclick = () => app.images.select(id);
    this.choose = make(
      'button',
      { type: 'button', class: 'choose', 'aria-label': name, title: name, onclick },
      image,
    );
    const remove = button('×', () => this.remove(app, id), {
      class: 'remove',
      'aria-label': `Remove ${name}`,
    });
    this.element = make('li', {}, this.choose, remove);
  }

  set selected(isSelected: boolean) {
    this.choose.setAttribute('aria-pressed', String(isSelected));
  }

  /** The focus goes to the neighbour. */
  private remove(app: App, id: number): void {
    const next = this.element.nextElementSibling ?? this.element.previousElementSibling;
    app.images.remove(id);
    next?.querySelector<HTMLButtonElement>('.remove')?.focus();
  }
}

/** Keeps the strip and its words as the collection is. */
export function showStrip(app: App): void {
  const cards = new CardList(byId('strip'), (image) => new Thumbnail(app, image));
  const clear = byId('clear');
  clear.addEventListener('click', () => app.images.clear());
  const update = () => {
    const { list, selected } = app.images;
    for (const { image, card } of cards.show(list)) card.selected = image === selected;
    byId('count').textContent = list.length === 0 ? 'No images yet' : countText(list.length, 'image');
    clear.hidden = list.length === 0;
  };
  app.images.addEventListener('change', update);
  update();
}
