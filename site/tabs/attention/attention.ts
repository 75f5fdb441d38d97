/** The tab that shows what a token of the chosen image attends to: CLS, or the patch under the pointer. */
import type { App } from '../../app.ts';
import type { PageImage } from '../../images.ts';
import { Latest } from '../../latest.ts';
import { OpacityField, SelectField } from '../../parts/controls.ts';
import { noImages } from '../../parts/empty-state.ts';
import { HeadList } from '../../parts/head-list.ts';
import { button, make } from '../../parts/make.ts';
import { fileName, saveBlob } from '../../parts/save-blob.ts';
import type { Tab } from '../../parts/tab-list.ts';
import type { AttentionToken, ModelFacts } from '../../protocol.ts';
import { AttendedImage } from './attended-image.ts';

const MODES = [
  { value: 'heads', text: 'Each head' },
  { value: 'rollout', text: 'Rollout, from the first on' },
];

export function attentionTab(app: App): Tab {
  return new AttentionTab(app);
}

class AttentionTab implements Tab {
  readonly name = 'attention';
  readonly title = 'Attention';
  readonly element = make('section');
  private readonly app: App;
  private readonly image: AttendedImage;
  private readonly words = make('p', { class: 'help', 'aria-live': 'polite' });
  private readonly body: HTMLElement;
  private readonly empty: HTMLElement;
  private readonly opacity: OpacityField;
  private readonly mode: SelectField;
  private readonly clear = button('Back to the CLS token', () => this.pin('cls'), { disabled: true });
  private readonly heads = new HeadList(() => this.draw());
  private readonly headsPart = make('div', {}, make('h3', {}, 'Heads'), this.heads.element);
  private readonly rolloutPart = make('p', { class: 'help', hidden: true });
  private readonly latest: Latest<void>;
  private model: ModelFacts | undefined;
  private shown: { readonly image: PageImage; readonly size: number } | undefined;
  private pinned: AttentionToken = 'cls';
  private hovered: number | undefined;
  private isVisible = false;

  constructor(app: App) {
    this.app = app;
    this.image = new AttendedImage({
      hover: (patch) => {
        this.hovered = patch;
        this.draw();
      },
      choose: (patch) => this.pin(patch),
      clear: () => this.pin('cls'),
    });
    this.empty = noImages(app, 'Add an image to see what its patches attend to.');
    this.opacity = new OpacityField(this.image.element, 75);
    this.mode = new SelectField('Weights of', MODES, () => this.update());
    const save = button('Save PNG', () => void this.save(), { class: 'quiet' });
    const controls = [this.mode.element, this.opacity.element, this.clear, save];
    const columns = make(
      'div',
      { class: 'attention' },
      make('div', {}, this.image.element, this.words),
      make('div', {}, this.headsPart, this.rolloutPart),
    );
    this.body = make('div', {}, make('div', { class: 'controls' }, ...controls), columns);
    this.element.append(this.empty, this.body);
    this.latest = new Latest(() => this.compute());
  }

  update(): void {
    this.isVisible = true;
    const { facts } = this.app.models;
    const { selected } = this.app.images;
    this.empty.hidden = selected !== undefined;
    this.body.hidden = selected === undefined || facts === undefined;
    if (facts !== undefined && facts !== this.model) this.useModel(facts);
    this.headsPart.hidden = this.isRollout;
    this.rolloutPart.hidden = !this.isRollout;
    this.rolloutPart.textContent = `How much of each patch has come to the token by way of layers 1 to ${this.app.view.view.layer}, all heads together (Abnar & Zuidema, 2020). Choose the last of these layers above.`;
    this.draw();
  }

  hide(): void {
    this.isVisible = false;
  }

  private get isRollout(): boolean {
    return this.mode.value === 'rollout';
  }

  /** What is shown, as a file is called. */
  private get shownMap(): string {
    const { layer } = this.app.view.view;
    if (this.isRollout) return `rollout-layer-${layer}`;
    const { chosen } = this.heads;
    return `attention-layer-${layer}-${chosen === 'mean' ? chosen : `head-${chosen}`}`;
  }

  private useModel(facts: ModelFacts): void {
    this.model = facts;
    this.shown = undefined;
    this.heads.count = facts.heads;
  }

  private draw(): void {
    if (this.isVisible) this.latest.ask();
  }

  private async compute(): Promise<void> {
    const { client, images, models } = this.app;
    const { view, smooth } = this.app.view;
    const { selected: image } = images;
    if (image === undefined || models.facts === undefined || !this.isVisible) return;
    try {
      if (this.shown?.image !== image || this.shown.size !== view.size) await this.useImage(image);
      const token = this.hovered ?? this.pinned;
      const head = this.isRollout ? 'rollout' : this.heads.chosen;
      const answer = await client.call('attention', { image, view, token, head, smooth });
      if (image !== images.selected) return;
      this.image.show(answer.over);
      this.heads.show(answer.heads);
      this.say(token);
    } catch (error) {
      this.app.notice.show(error);
    }
  }

  private async useImage(image: PageImage): Promise<void> {
    const { view } = this.app.view;
    const { seen, ...grid } = await this.app.client.call('seen', { image, view });
    this.image.use(image.name, seen, grid);
    this.shown = { image, size: view.size };
    this.hovered = undefined;
    this.pinned = 'cls';
    this.clear.disabled = true;
  }

  private pin(token: AttentionToken): void {
    this.pinned = token;
    this.image.chosen = token === 'cls' ? undefined : token;
    this.clear.disabled = token === 'cls';
    this.draw();
  }

  private say(token: AttentionToken): void {
    const whose =
      token === 'cls' ? 'the CLS token, which stands for the whole image,' : 'the patch in the frame';
    this.words.textContent = `What ${whose} attends to. ${token === 'cls' ? 'Point at a patch to see its own attention; click to keep it.' : ''}`;
  }

  private async save(): Promise<void> {
    const { shown } = this;
    try {
      const blobs = await this.image.blobs();
      if (shown === undefined || blobs === undefined) return;
      const blob = await this.app.client.call('laidOver', { ...blobs, opacity: this.opacity.value });
      saveBlob(blob, fileName(shown.image.name, `${this.shownMap}.png`));
    } catch (error) {
      this.app.notice.show(error);
    }
  }
}
