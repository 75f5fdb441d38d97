/** Every image answers to a patch of one of them. */
import type { App } from '../../app.ts';
import { ImageRun } from '../../image-run.ts';
import type { PageImage } from '../../images.ts';
import { CardList, type Shown } from '../../parts/card-list.ts';
import { OpacityField } from '../../parts/controls.ts';
import { noImages } from '../../parts/empty-state.ts';
import type { ImageStack } from '../../parts/image-stack.ts';
import { make } from '../../parts/make.ts';
import { fileName, saveMade } from '../../parts/save-blob.ts';
import type { Part } from '../../parts/tab-list.ts';
import { SimilarityCard } from './similarity-card.ts';

/** The patch that is asked about: until somebody chooses one, that in the middle of the chosen image. */
interface Question {
  readonly image: PageImage;
  readonly patch: number | undefined;
}

export function patchAnswers(app: App): Part {
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
  const element = make('div', {}, empty, controls, help, list);
  let question: Question | undefined;

  const save = (image: PageImage, { blobs }: ImageStack) => {
    if (blobs === undefined) return;
    const made = app.client.call('laidOver', { ...blobs, opacity: opacity.value });
    void saveMade(app, made, fileName(image.name, 'similarity.png'));
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
  return { element, update, hide: () => run.stop() };
}
