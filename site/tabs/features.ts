/** The tab that shows patch features in the colours of their PCA, which all images share. */
import type { App } from '../app.ts';
import { ImageRun } from '../image-run.ts';
import type { PageImage } from '../images.ts';
import { CardList, type Shown } from '../parts/card-list.ts';
import { CheckField, OpacityField, SelectField } from '../parts/controls.ts';
import { noImages } from '../parts/empty-state.ts';
import { ImageStack } from '../parts/image-stack.ts';
import { button, make } from '../parts/make.ts';
import { countText } from '../parts/quantities.ts';
import { fileName, saveBlob } from '../parts/save-blob.ts';
import type { Tab } from '../parts/tab-list.ts';
import type { BasisFacts, ForegroundChoice, Layers } from '../protocol.ts';

/** Images that colours are fitted on; those behind them take the colours. */
const FITTED = 24;

/** What asks the cards of images, and is asked by them. */
interface CardActions {
  savePng(image: PageImage, stack: ImageStack): void;
  saveFeatures(image: PageImage): void;
}

class FeatureCard {
  readonly element: HTMLElement;
  /** of which colours it is */
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

  show(layers: Layers, of: string): void {
    this.of = of;
    this.stack.shape = layers;
    this.image.style.aspectRatio = `${layers.width} / ${layers.height}`;
    this.stack.showImage(layers.seen);
    this.stack.showOver(layers.over);
  }

  dispose(): void {
    this.stack.dispose();
  }
}

export function featuresTab(app: App): Tab {
  return new FeaturesTab(app);
}

function viewKey({ view: { view } }: App): string {
  return `${view.size} ${view.layer}`;
}

class FeaturesTab implements Tab {
  readonly name = 'features';
  readonly title = 'Features';
  readonly element = make('section');
  private readonly app: App;
  private readonly list = make('ul', { class: 'feature-cards' });
  private readonly controls = make('div', { class: 'controls' });
  private readonly about = make('p', { class: 'help' });
  private readonly empty: HTMLElement;
  private readonly cards: CardList<FeatureCard>;
  private readonly run: ImageRun<'fit' | Shown<FeatureCard>>;
  private readonly foreground: SelectField;
  private readonly locked: CheckField;
  private readonly opacity: OpacityField;
  /** what the colours in the worker were fitted on */
  private fitted: { readonly key: string; readonly model: object } | undefined;
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(app: App) {
    this.app = app;
    this.empty = noImages(app, 'Add an image to see its features.');
    this.cards = new CardList(this.list, (image) => new FeatureCard(image, this.actions));
    const choices = [
      { value: 'inside', text: 'Foreground only' },
      { value: 'border', text: 'What fills the image' },
      { value: 'none', text: 'All patches' },
    ];
    this.foreground = new SelectField('Colours of', choices, () => this.refit());
    this.locked = new CheckField('Lock colours', () => this.update());
    this.opacity = new OpacityField(this.list, 100);
    this.run = new ImageRun<'fit' | Shown<FeatureCard>>(app, {
      wanting: () => this.wanting(),
      work: (item, signal) => (item === 'fit' ? this.fit(signal) : this.colour(item, signal)),
      failed: (item) => this.failed(item),
    });
    const file = make('input', {
      type: 'file',
      accept: '.safetensors',
      hidden: true,
      'aria-label': 'File of colours',
      onchange: () => {
        const [chosen] = file.files ?? [];
        if (chosen !== undefined) void this.open(chosen);
        file.value = '';
      },
    });
    const controls = [
      this.foreground.element,
      this.opacity.element,
      this.locked.element,
      button('Save colours', () => void this.save(), { class: 'quiet' }),
      button('Open colours', () => file.click(), { class: 'quiet' }),
      file,
    ];
    this.controls.append(...controls);
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

  private refit(): void {
    this.locked.checked = false;
    this.update();
  }

  /** What the colours are to be fitted on. */
  private get wantedKey(): string {
    const ids = this.app.images.list.slice(0, FITTED).map(({ id }) => id);
    return `${viewKey(this.app)} ${this.foreground.value} ${ids}`;
  }

  private get isFitted(): boolean {
    const { fitted, app } = this;
    if (fitted === undefined || fitted.model !== app.models.facts) return false;
    return this.locked.checked || fitted.key === this.wantedKey;
  }

  /** Which colours a card should have. */
  private get cardKey(): string {
    return `${this.fitted?.key} in ${viewKey(this.app)} ${this.app.view.smooth}`;
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
    const foreground = this.foreground.value as ForegroundChoice;
    const basis = await app.client.call('fit', { images, view: app.view.view, foreground }, { signal });
    if (model !== undefined) this.fitted = { key, model };
    this.tell(basis);
  }

  private async colour({ image, card }: Shown<FeatureCard>, signal: AbortSignal): Promise<void> {
    const { app, cardKey } = this;
    const { view, smooth } = app.view;
    card.show(await app.client.call('colours', { image, view, smooth }, { signal }), cardKey);
  }

  /** What failed is not tried again until something changes. */
  private failed(item: 'fit' | Shown<FeatureCard>): void {
    if (item !== 'fit') item.card.of = this.cardKey;
    else {
      this.fitted = { key: this.wantedKey, model: this.app.models.facts ?? {} };
      for (const { card } of this.cards.show(this.app.images.list)) card.of = this.cardKey;
    }
  }

  private tell({ images, explained }: BasisFacts): void {
    const of = images === undefined ? 'opened from a file' : `found on ${countText(images, 'image')}`;
    const sum = explained.reduce((total, each) => total + each, 0);
    this.about.textContent = `Alike parts have alike colours. Red, green and blue are the three directions in which patches differ most: ${Math.round(100 * sum)} % of their variance, ${of}.${this.foreground.value === 'none' ? '' : ' Background is black.'}`;
  }

  private async save(): Promise<void> {
    await this.app.client.call('saveBasis', {}).then(
      (blob) => saveBlob(blob, 'colours.safetensors'),
      (error) => this.app.notice.show(error),
    );
  }

  /** Colours from a file are locked. */
  private async open(file: File): Promise<void> {
    try {
      this.tell(await this.app.client.call('openBasis', { file }));
      this.fitted = { key: `${file.name} ${performance.now()}`, model: this.app.models.facts ?? {} };
      this.locked.checked = true;
      this.update();
    } catch (error) {
      this.app.notice.show(error);
    }
  }

  private readonly actions: CardActions = {
    savePng: (image, { blobs }) => {
      if (blobs === undefined) return;
      const request = { ...blobs, opacity: this.opacity.value };
      this.app.client.call('laidOver', request).then(
        (blob) => saveBlob(blob, fileName(image.name, 'features.png')),
        (error) => this.app.notice.show(error),
      );
    },
    saveFeatures: (image) => {
      this.app.client.call('features', { image, view: this.app.view.view }).then(
        (blob) => saveBlob(blob, fileName(image.name, 'features.safetensors')),
        (error) => this.app.notice.show(error),
      );
    },
  };
}
