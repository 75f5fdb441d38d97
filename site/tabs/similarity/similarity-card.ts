/** An image that answers to a patch, and in which one can be chosen. */
import type { PageImage } from '../../images.ts';
import { ImageStack } from '../../parts/image-stack.ts';
import { button, make } from '../../parts/make.ts';
import { PatchPicker } from '../../parts/patch-picker.ts';
import type { SimilarityAnswer } from '../../protocol.ts';

export class SimilarityCard {
  readonly element: HTMLElement;
  /** which question it answers */
  of: string | undefined;
  readonly stack: ImageStack;
  readonly picker: PatchPicker;
  private readonly best = make('span', { class: 'best' });

  constructor(image: PageImage, choose: (patch: number) => void, save: (stack: ImageStack) => void) {
    this.stack = new ImageStack(`What is alike in ${image.name}`);
    this.stack.showImage(image.thumbnail);
    this.picker = new PatchPicker(image.name, this.stack.element, { choose });
    const onsave = button('PNG', () => save(this.stack), {
      class: 'quiet',
      'aria-label': `Save the PNG of ${image.name}`,
    });
    const caption = make('figcaption', {}, image.name);
    this.element = make(
      'li',
      { class: 'similarity-card' },
      make('figure', {}, this.picker.element, caption),
      make('div', { class: 'save' }, this.best, onsave),
    );
  }

  show(answer: SimilarityAnswer, of: string): void {
    this.of = of;
    this.stack.shape = answer;
    this.picker.patches = answer;
    this.stack.showImage(answer.seen);
    this.stack.showOver(answer.over);
    this.best.textContent = `best ${answer.best.toFixed(2)}`;
  }

  dispose(): void {
    this.stack.dispose();
  }
}
