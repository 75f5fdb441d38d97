/** The tab that shows what a classifier calls each image. */
import type { App } from '../app.ts';
import { ImageRun } from '../image-run.ts';
import type { PageImage } from '../images.ts';
import { CardList, type Shown } from '../parts/card-list.ts';
import { emptyState, noImages } from '../parts/empty-state.ts';
import { button, make } from '../parts/make.ts';
import type { Tab } from '../parts/tab-list.ts';
import type { Calls, ModelFacts } from '../protocol.ts';
import { CLASSIFIER } from '../published-models.ts';

const TOP = 5;

class LabelCard {
  readonly element: HTMLElement;
  /** of which model its labels are */
  of: ModelFacts | undefined;
  private readonly scores = make('dl', { class: 'scores' });

  constructor({ name, thumbnail }: PageImage) {
    const image = make('img', { src: thumbnail, alt: name, loading: 'lazy' });
    const caption = make('figcaption', {}, name);
    this.element = make('li', { class: 'label-card' }, make('figure', {}, image, caption), this.scores);
  }

  show(labels: Calls['labels']['result'], of: ModelFacts): void {
    this.of = of;
    const rows = labels.map(({ label, score }) => {
      const percent = `${(100 * score).toFixed(1)} %`;
      const bar = make('i', { 'aria-hidden': 'true' });
      // a content security policy may forbid the attribute `style`
      bar.style.setProperty('--score', String(Math.min(1, Math.max(0, score))));
      return make('div', {}, make('dt', {}, label), make('dd', {}, bar, percent));
    });
    this.scores.replaceChildren(...rows);
  }

  clear(): void {
    this.of = undefined;
    this.scores.replaceChildren();
  }
}

export function labelsTab(app: App): Tab {
  const list = make('ul', { class: 'label-cards' });
  const empty = make('div');
  const element = make('section', {}, empty, list);
  const cards = new CardList(list, (image) => new LabelCard(image));
  const run = new ImageRun<Shown<LabelCard>>(app, {
    wanting: () => cards.show(app.images.list).filter(({ card }) => card.of !== app.models.facts),
    work: async ({ image, card }, signal) => {
      const { facts } = app.models;
      const labels = await app.client.call('labels', { image, topK: TOP }, { signal });
      if (facts !== undefined) card.show(labels, facts);
    },
    failed: ({ card }) => {
      card.of = app.models.facts;
    },
  });

  const update = () => {
    const { facts } = app.models;
    const shown = cards.show(app.images.list);
    const canLabel = facts !== undefined && facts.labels > 0;
    list.hidden = facts !== undefined && !canLabel;
    empty.replaceChildren(
      ...(shown.length === 0 ? [noImages(app, 'Add an image to see its labels.')] : []),
      ...(facts !== undefined && !canLabel ? [noClassifier(app)] : []),
    );
    if (!canLabel) return run.stop();
    for (const { card } of shown) if (card.of !== facts) card.clear();
    run.go();
  };
  return { name: 'labels', title: 'Labels', needsLabels: true, element, update, hide: () => run.stop() };
}

/** Where the model has no labels: one that has. */
function noClassifier(app: App): HTMLElement {
  const { address, size } = CLASSIFIER;
  return emptyState(
    `This model has features and no labels. Choose one with a classifier, such as ${address}.`,
    button(`Load it, ${size}`, () => void app.models.load({ kind: 'address', address })),
  );
}
