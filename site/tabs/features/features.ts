/** The tab that shows patch features: in the colours of their PCA, in segments, or by their lengths; all images share a colouring. */
import type { App } from '../../app.ts';
import { ImageRun } from '../../image-run.ts';
import { CardList, type Shown } from '../../parts/card-list.ts';
import { OpacityField } from '../../parts/controls.ts';
import { noImages } from '../../parts/empty-state.ts';
import { make } from '../../parts/make.ts';
import { countText } from '../../parts/quantities.ts';
import { fileName, saveMade } from '../../parts/save-blob.ts';
import type { Tab } from '../../parts/tab-list.ts';
import { ColouringControls } from './colouring-controls.ts';
import { colouringText } from './colouring-text.ts';
import { type CardActions, FeatureCard } from './feature-card.ts';

/** Images that a colouring is fitted to; those behind them take it. */
const FITTED = 24;

export function featuresTab(app: App): Tab {
  return new FeaturesTab(app);
}

class FeaturesTab implements Tab {
  readonly name = 'features';
  readonly title = 'Features';
  readonly element = make('section');
  private readonly app: App;
  private readonly list = make('ul', { class: 'feature-cards' });
  private readonly about = make('p', { class: 'help colours' }, 'Looking at the images …');
  private readonly controls: HTMLElement;
  private readonly empty: HTMLElement;
  private readonly cards: CardList<FeatureCard>;
  private readonly run: ImageRun<'fit' | Shown<FeatureCard>>;
  private readonly colouring: ColouringControls;
  private readonly opacity: OpacityField;
  /** what the colouring in the worker was fitted to */
  private fitted: { readonly key: string; readonly model: object } | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(app: App) {
    this.app = app;
    this.empty = noImages(app, 'Add an image to see its features.');
    this.cards = new CardList(this.list, (image) => new FeatureCard(image, this.actions));
    this.opacity = new OpacityField(this.list, 100);
    this.colouring = new ColouringControls({
      change: () => this.update(),
      lock: () => this.update(),
      save: () => void saveMade(app, app.client.call('saveBasis', {}), 'colours.safetensors'),
      open: (file) => void this.open(file),
    });
    this.run = new ImageRun<'fit' | Shown<FeatureCard>>(app, {
      wanting: () => this.wanting(),
      work: (item, signal) => (item === 'fit' ? this.fit(signal) : this.draw(item, signal)),
      failed: (item) => this.failed(item),
    });
    this.controls = make('div', { class: 'controls' }, ...this.colouring.elements, this.opacity.element);
    this.element.append(this.controls, this.about, this.empty, this.list);
  }

  update(): void {
    const { list } = this.app.images;
    this.cards.show(list);
    this.empty.hidden = list.length > 0;
    this.controls.hidden = this.about.hidden = list.length === 0;
    // images come one by one: colours are fitted when they are there
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run.go(), 120);
  }

  hide(): void {
    clearTimeout(this.timer);
    this.run.stop();
  }

  /** Which features are drawn. */
  private get featuresKey(): string {
    const { size, layer } = this.app.view.view;
    return `${size} ${layer} ${this.colouring.facet}`;
  }

  /** What the colouring is to be fitted to. */
  private get wantedKey(): string {
    const ids = this.app.images.list.slice(0, FITTED).map(({ id }) => id);
    return `${this.featuresKey} ${JSON.stringify(this.colouring.choice)} ${ids}`;
  }

  private get isFitted(): boolean {
    const { fitted, app } = this;
    if (fitted === undefined || fitted.model !== app.models.facts) return false;
    return this.colouring.isLocked || fitted.key === this.wantedKey;
  }

  /** Which colouring a card should show. */
  private get cardKey(): string {
    return `${this.fitted?.key} in ${this.featuresKey} ${this.app.view.smooth}`;
  }

  private wanting(): readonly ('fit' | Shown<FeatureCard>)[] {
    const { list } = this.app.images;
    if (this.app.models.facts === undefined || list.length === 0) return [];
    const shown = this.cards.show(list);
    if (!this.isFitted) return ['fit', ...shown];
    return shown.filter(({ card }) => card.of !== this.cardKey);
  }

  private async fit(signal: AbortSignal): Promise<void> {
    const { app, wantedKey: key } = this;
    const { facts: model } = app.models;
    const images = app.images.list.slice(0, FITTED);
    const { choice, facet } = this.colouring;
    const request = { images, view: app.view.view, facet, choice };
    const { found, count } = await app.client.call('fit', request, { signal });
    if (model !== undefined) this.fitted = { key, model };
    this.about.textContent = colouringText(found, choice, `found on ${countText(count, 'image')}`);
  }

  private async draw({ image, card }: Shown<FeatureCard>, signal: AbortSignal): Promise<void> {
    const { app, cardKey } = this;
    const { view, smooth } = app.view;
    const request = { image, view, facet: this.colouring.facet, smooth };
    card.show(await app.client.call('draw', request, { signal }), cardKey);
  }

  /** What failed is not tried again until something changes. */
  private failed(item: 'fit' | Shown<FeatureCard>): void {
    if (item !== 'fit') item.card.of = this.cardKey;
    else {
      this.fitted = { key: this.wantedKey, model: this.app.models.facts ?? {} };
      for (const { card } of this.cards.show(this.app.images.list)) card.of = this.cardKey;
    }
  }

  private async open(file: File): Promise<void> {
    try {
      const found = await this.app.client.call('openBasis', { file });
      this.colouring.useFile();
      this.about.textContent = colouringText(found, this.colouring.choice, 'opened from a file');
      this.fitted = { key: `${file.name} ${performance.now()}`, model: this.app.models.facts ?? {} };
      this.update();
    } catch (error) {
      this.app.notice.show(error);
    }
  }

  private readonly actions: CardActions = {
    savePng: (image, { blobs }) => {
      if (blobs === undefined) return;
      const { kind } = this.colouring.choice;
      const made = this.app.client.call('laidOver', { ...blobs, opacity: this.opacity.value });
      void saveMade(this.app, made, fileName(image.name, `${kind === 'pca' ? 'features' : kind}.png`));
    },
    saveFeatures: (image) => {
      const request = { image, view: this.app.view.view, facet: this.colouring.facet };
      const made = this.app.client.call('features', request);
      void saveMade(this.app, made, fileName(image.name, 'features.safetensors'));
    },
  };
}
