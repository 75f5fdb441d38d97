/** The tab that shows what a token of the chosen image attends to: CLS, or the patch under the pointer. */
import type { App } from '../app.ts';
import type { PageImage } from '../images.ts';
import { Latest } from '../latest.ts';
import { OpacityField } from '../parts/controls.ts';
import { noImages } from '../parts/empty-state.ts';
import { HeadList } from '../parts/head-list.ts';
import { button, make } from '../parts/make.ts';
import { PatchPicker } from '../parts/patch-picker.ts';
import { fileName, saveBlob } from '../parts/save-blob.ts';
import type { Tab } from '../parts/tab-list.ts';
import type { AttentionToken, ModelFacts } from '../protocol.ts';

export function attentionTab(app: App): Tab {
  return new AttentionTab(app);
}

class AttentionTab implements Tab {
  readonly name = 'attention';
  readonly title = 'Attention';
  readonly element = make('section');
  private readonly app: App;
  private readonly below = make('img', { class: 'below', alt: '' });
  private readonly over = make('canvas', { class: 'over' });
  private readonly place = make('div', { class: 'main-image' });
  private readonly words = make('p', { class: 'help', 'aria-live': 'polite' });
  private readonly body: HTMLElement;
  private readonly empty: HTMLElement;
  private readonly opacity: OpacityField;
  private readonly clear = button('Back to the CLS token', () => this.pin('cls'));
  private readonly heads = new HeadList(() => this.draw());
  private readonly latest: Latest<void>;
  private picker: PatchPicker | undefined;
  private model: ModelFacts | undefined;
  private shown: { readonly image: PageImage; readonly size: number; readonly seen: Blob } | undefined;
  private pinned: AttentionToken = 'cls';
  private hovered: number | undefined;
  private isVisible = false;

  constructor(app: App) {
    this.app = app;
    this.empty = noImages(app, 'Add an image to see what its patches attend to.');
    this.opacity = new OpacityField(this.place, 75);
    const save = button('Save PNG', () => void this.save(), { class: 'quiet' });
    const controls = [this.opacity.element, this.clear, save];
    const side = make('div', { class: 'side' }, make('h3', {}, 'Heads'), this.heads.element);
    const columns = make('div', { class: 'attention' }, make('div', {}, this.place, this.words), side);
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
    this.draw();
  }

  hide(): void {
    this.isVisible = false;
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
    const { client, images, view, models } = this.app;
    const { selected: image } = images;
    if (image === undefined || models.facts === undefined || !this.isVisible) return;
    try {
      if (this.shown?.image !== image || this.shown.size !== view.view.size) await this.look(image);
      const token = this.hovered ?? this.pinned;
      const answer = await client.call('attention', {
        image,
        view: view.view,
        token,
        head: this.heads.chosen,
        smooth: view.smooth,
      });
      if (image !== images.selected) return;
      this.over.width = answer.over.width;
      this.over.height = answer.over.height;
      this.over.getContext('2d')?.putImageData(answer.over, 0, 0);
      this.heads.show(answer.heads);
      this.say(token);
    } catch (error) {
      this.app.notice.show(error);
    }
  }

  /** Takes another image, or the same in another resolution. */
  private async look(image: PageImage): Promise<void> {
    const { view } = this.app.view;
    const { seen, ...grid } = await this.app.client.call('seen', { image, view });
    URL.revokeObjectURL(this.below.src);
    this.below.src = URL.createObjectURL(seen);
    const stack = make('div', { class: 'stack' }, this.below, this.over);
    stack.style.aspectRatio = `${grid.width} / ${grid.height}`;
    this.picker = new PatchPicker(image.name, stack, {
      hover: (patch) => {
        this.hovered = patch;
        this.draw();
      },
      choose: (patch) => this.pin(patch),
      clear: () => this.pin('cls'),
    });
    this.picker.patches = grid;
    this.place.replaceChildren(this.picker.element);
    this.place.style.setProperty('--ratio', String(grid.width / grid.height));
    this.shown = { image, size: view.size, seen };
    this.hovered = undefined;
    this.pinned = 'cls';
    this.clear.disabled = true;
  }

  private pin(token: AttentionToken): void {
    this.pinned = token;
    if (this.picker !== undefined) this.picker.chosen = token === 'cls' ? undefined : token;
    this.clear.disabled = token === 'cls';
    this.draw();
  }

  private say(token: AttentionToken): void {
    const whose =
      token === 'cls' ? 'the CLS token, which stands for the whole image,' : 'the patch in the frame';
    this.words.textContent = `What ${whose} attends to. ${token === 'cls' ? 'Point at a patch to see its own attention; click to keep it.' : ''}`;
  }

  private async save(): Promise<void> {
    if (this.shown === undefined) return;
    const { image, seen } = this.shown;
    try {
      const over = await canvasBlob(this.over);
      const blob = await this.app.client.call('laidOver', { seen, over, opacity: this.opacity.value });
      saveBlob(blob, fileName(image.name, `attention-layer-${this.app.view.view.layer}.png`));
    } catch (error) {
      this.app.notice.show(error);
    }
  }
}

function canvasBlob(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) =>
    canvas.toBlob((blob) => (blob === null ? reject(new Error('The image is empty.')) : resolve(blob))),
  );
}
