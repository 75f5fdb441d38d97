/** An image beside what is drawn of its features. */
import type { PageImage } from '../../images.ts';
import { ImageStack } from '../../parts/image-stack.ts';
import { button, make } from '../../parts/make.ts';
import type { Overlay } from '../../protocol.ts';

/** What its buttons do. */
export interface CardActions {
  savePng(image: PageImage, stack: ImageStack): void;
  saveFeatures(image: PageImage): void;
}

export class FeatureCard {
  readonly element: HTMLElement;
  /** which colouring, of which features, it shows */
  of: string | undefined;
  private readonly stack: ImageStack;
  private readonly image: HTMLImageElement;

  constructor(image: PageImage, actions: CardActions) {
    this.stack = new ImageStack(`Features of ${image.name}`);
    this.stack.showImage(image.thumbnail);
    this.image = make('img', { class: 'original', src: image.thumbnail, alt: image.name, loading: 'lazy' });
    const caption = make('figcaption', {}, image.name);
    const quiet = (text: string, what: string, onclick: () => void) =>
      button(text, onclick, { class: 'quiet', 'aria-label': `Save ${what} of ${image.name}` });
    const save = [
      quiet('PNG', 'the PNG', () => actions.savePng(image, this.stack)),
      quiet('Features', 'the features', () => actions.saveFeatures(image)),
    ];
    this.element = make(
      'li',
      { class: 'feature-card' },
      make('figure', {}, make('div', { class: 'pair' }, this.image, this.stack.element), caption),
      make('div', { class: 'save' }, ...save),
    );
  }

  show(overlay: Overlay, of: string): void {
    this.of = of;
    this.stack.shape = overlay;
    this.image.style.aspectRatio = `${overlay.width} / ${overlay.height}`;
    this.stack.showImage(overlay.seen);
    this.stack.showOver(overlay.over);
  }

  dispose(): void {
    this.stack.dispose();
  }
}
