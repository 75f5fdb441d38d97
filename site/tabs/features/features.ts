/** The tab that shows patch features: in the colours of their PCA, in segments, or by their lengths; all images share a look. */
import type { App } from '../../app.ts';
import { ImageRun } from '../../image-run.ts';
import { CardList, type Shown } from '../../parts/card-list.ts';
import { OpacityField } from '../../parts/controls.ts';
import { noImages } from '../../parts/empty-state.ts';
import { make } from '../../parts/make.ts';
import { countText } from '../../parts/quantities.ts';
import { fileName, saveBlob } from '../../parts/save-blob.ts';
import type { Tab } from '../../parts/tab-list.ts';
import { type CardActions, FeatureCard } from './feature-card.ts';
import { LookControls } from './look-controls.ts';
import { lookWords } from './look-words.ts';

/** Images that a look is found on; those behind them take it. */
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
  private readonly about = make('p', { class: 'help look' }, 'Looking at the images …');
  private readonly controls: HTMLElement;
  private readonly empty: HTMLElement;
  private readonly cards: CardList<FeatureCard>;
  private readonly run: ImageRun<'fit' | Shown<FeatureCard>>;
  private readonly look: LookControls;
  private readonly opacity: OpacityField;
  /** what the look in the worker was found on */
  private fitted: { readonly key: string; readonly model: object } | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(app: App) {
    this.app = app;
    this.empty = noImages(app, 'Add an image to see its features.');
    this.cards = new CardList(this.list, (image) => new FeatureCard(image, this.actions));
    this.opacity = new OpacityField(this.list, 100);
    this.look = new LookControls({
      change: () => this.update(),
      lock: () => this.update(),
      save: () => this.save(app.client.call('saveBasis', {}), 'colours.safetensors'),
      open: (file) => void this.open(file),
    });
    this.run = new ImageRun<'fit' | Shown<FeatureCard>>(app, {
      wanting: () => this.wanting(),
      work: (item, signal) => (item === 'fit' ? this.fit(signal) : this.draw(item, signal)),
      failed: (item) => this.failed(item),
    });
    this.controls = make('div', { class: 'controls' }, ...this.look.elements, this.opacity.element);
    this.element.append(this.controls, this.about, this.empty, this.list);
  }

  update(): void {
    const { list } = this.app.images;
    this.cards.show(list);
    this.empty.hidden = list.length > 0;
    this.controls.hidden = this.about.hidden = list.length === 0;
    // images come one by one: a look is found when they are there
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
    return `${size} ${layer} ${this.look.facet}`;
  }

  /** What the look is to be found on. */
  private get wantedKey(): string {
    const ids = this.app.images.list.slice(0, FITTED).map(({ id }) => id);
    return `${this.featuresKey} ${JSON.stringify(this.look.look)} ${ids}`;
  }

  private get isFitted(): boolean {
    const { fitted, app } = this;
    if (fitted === undefined || fitted.model !== app.models.facts) return false;
    return this.look.isLocked || fitted.key === this.wantedKey;
  }

  /** Which look a card should have. */
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
    const { look, facet } = this.look;
    const found = await app.client.call('fit', { images, view: app.view.view, facet, look }, { signal });
    if (model !== undefined) this.fitted = { key, model };
    this.about.textContent = lookWords(found, look, `found on ${countText(images.length, 'image')}`);
  }

  private async draw({ image, card }: Shown<FeatureCard>, signal: AbortSignal): Promise<void> {
    const { app, cardKey } = this;
    const { view, smooth } = app.view;
    const request = { image, view, facet: this.look.facet, smooth };
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
      this.look.useFile();
      this.about.textContent = lookWords(found, this.look.look, 'opened from a file');
      this.fitted = { key: `${file.name} ${performance.now()}`, model: this.app.models.facts ?? {} };
      this.update();
    } catch (error) {
      this.app.notice.show(error);
    }
  }

  private save(made: Promise<Blob>, name: string): void {
    made.then(
      (blob) => saveBlob(blob, name),
      (error) => this.app.notice.show(error),
    );
  }

  private readonly actions: CardActions = {
    savePng: (image, { blobs }) => {
      if (blobs === undefined) return;
      const { kind } = this.look.look;
      const made = this.app.client.call('laidOver', { ...blobs, opacity: this.opacity.value });
      this.save(made, fileName(image.name, `${kind === 'pca' ? 'features' : kind}.png`));
    },
    saveFeatures: (image) => {
      const request = { image, view: this.app.view.view, facet: this.look.facet };
      this.save(this.app.client.call('features', request), fileName(image.name, 'features.safetensors'));
    },
  };
}
