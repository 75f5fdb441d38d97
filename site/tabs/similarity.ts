/** The tab in which every image answers to a patch of one of them. */
import type { App } from '../app.ts';
import { ImageRun } from '../image-run.ts';
import type { PageImage } from '../images.ts';
import { CardList, type Shown } from '../parts/card-list.ts';
import { OpacityField } from '../parts/controls.ts';
import { noImages } from '../parts/empty-state.ts';
import { ImageStack } from '../parts/image-stack.ts';
import { button, make } from '../parts/make.ts';
import { PatchPicker } from '../parts/patch-picker.ts';
import { fileName, saveBlob } from '../parts/save-blob.ts';
import type { Tab } from '../parts/tab-list.ts';
import type { SimilarityAnswer } from '../protocol.ts';

/** The patch that is asked about: until somebody chooses one, that in the middle of the chosen image. */
interface Question {
  readonly image: PageImage;
  readonly patch: number | undefined;
}

class SimilarityCard {
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

export function similarityTab(app: App): Tab {
  const list = make('ul', { class: 'similarity-cards' });
  const empty = noImages(
    app,
    'Add two images or more, and click a patch in one: all of them show where they are alike.',
  );
  const help = make(
    'p',
    { class: 'help' },
    'Click a patch in any image. What is as alike to it as can be is bright, in all of them.',
  );
  const opacity = new OpacityField(list, 80);
  const controls = make('div', { class: 'controls' }, opacity.element);
  const element = make('section', {}, empty, controls, help, list);
  let question: Question | undefined;

  const save = (image: PageImage, { blobs }: ImageStack) => {
    if (blobs === undefined) return;
    app.client.call('laidOver', { ...blobs, opacity: opacity.value }).then(
      (blob) => saveBlob(blob, fileName(image.name, 'similarity.png')),
      (error) => app.notice.show(error),
    );
  };
  const ask = (image: PageImage, patch: number) => {
    question = { image, patch };
    update();
  };
  const cards = new CardList(
    list,
    (image) =>
      new SimilarityCard(
        image,
        (patch) => ask(image, patch),
        (stack) => save(image, stack),
      ),
  );
  let [model, size]: [object | undefined, number] = [undefined, 0];
  const keyOf = () =>
    `${question?.image.id} ${question?.patch} ${size} ${app.view.view.layer} ${app.view.smooth} ${app.models.facts?.name}`;
  const run = new ImageRun<Shown<SimilarityCard>>(app, {
    wanting() {
      if (question === undefined) return [];
      const asked = question.image;
      const stale = cards.show(app.images.list).filter(({ card }) => card.of !== keyOf());
      // the image that is asked about answers first
      return [
        ...stale.filter(({ image }) => image === asked),
        ...stale.filter(({ image }) => image !== asked),
      ];
    },
    async work({ image, card }, signal) {
      if (question === undefined) return;
      const key = keyOf();
      const { view, smooth } = app.view;
      const request = { from: question.image, patch: question.patch, to: image, view, smooth };
      const answer = await app.client.call('similarity', request, { signal });
      card.show(answer, key);
      card.picker.chosen = request.from === image ? answer.patch : undefined;
    },
    failed({ card }) {
      card.of = keyOf();
    },
  });

  const update = () => {
    const { list: images } = app.images;
    const { facts } = app.models;
    empty.hidden = images.length > 0;
    controls.hidden = help.hidden = images.length === 0;
    const isOther = facts !== model || size !== app.view.view.size;
    if (facts === undefined) return;
    if (question === undefined || isOther || !images.includes(question.image)) {
      [model, size] = [facts, app.view.view.size];
      const { selected: image } = app.images;
      question = image && { image, patch: undefined };
    }
    for (const { image, card } of cards.show(images)) {
      if (question?.image !== image) card.picker.chosen = undefined;
    }
    run.go();
  };
  return { name: 'similarity', title: 'Similarity', element, update, hide: () => run.stop() };
}
