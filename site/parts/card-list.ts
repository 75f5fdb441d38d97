/** Elements in a container, one for each image, kept as long as the image is there. */
import type { PageImage } from '../images.ts';

/** An image and its card. */
export interface Shown<Card> {
  readonly image: PageImage;
  readonly card: Card;
}

export class CardList<Card extends { readonly element: HTMLElement; dispose?(): void }> {
  private readonly container: HTMLElement;
  private readonly make: (image: PageImage) => Card;
  private readonly cards = new Map<number, Card>();

  constructor(container: HTMLElement, make: (image: PageImage) => Card) {
    this.container = container;
    this.make = make;
  }

  /** Makes cards for images that are new and takes those away whose images are gone. */
  show(images: readonly PageImage[]): Shown<Card>[] {
    const ids = new Set(images.map(({ id }) => id));
    for (const [id, card] of this.cards) {
      if (ids.has(id)) continue;
      card.dispose?.();
      card.element.remove();
      this.cards.delete(id);
    }
    return images.map((image) => {
      const known = this.cards.get(image.id);
      const card = known ?? this.make(image);
      if (known === undefined) {
        this.cards.set(image.id, card);
        this.container.append(card.element);
      }
      return { image, card };
    });
  }
}
