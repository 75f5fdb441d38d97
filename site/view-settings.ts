/** In which resolution images are seen, which layer is looked at, and how patches are drawn, on every tab. */
import type { Choice } from './parts/controls.ts';
import type { ModelFacts, View } from './protocol.ts';

/** Sides in patches of the resolutions on offer; 37 patches of 14 pixels are the 518 that DINOv2 was finished at. */
const LARGE = [16, 24, 37, 56];
/** Those of models of tiny images. */
const SMALL = [8, 16, 24, 32];

/** Tells `change` of every change. */
export class ViewSettings extends EventTarget {
  private patches = 16;
  private patchSize = 4;
  private block = 1;
  private isSmooth = false;

  get view(): View {
    return { size: this.patches * this.patchSize, layer: this.block };
  }

  /** whether patches are blended, and no squares */
  get smooth(): boolean {
    return this.isSmooth;
  }

  set smooth(isSmooth: boolean) {
    this.isSmooth = isSmooth;
    this.tell();
  }

  /** @param patches of the shorter side */
  set side(patches: number) {
    this.patches = patches;
    this.tell();
  }

  /** @param layer from 1 on */
  set layer(layer: number) {
    this.block = layer;
    this.tell();
  }

  /** The layers of a model; the last one is chosen, or of tiny models one in the middle: their last ones know classes, and no parts. */
  layersOf(facts: ModelFacts): Choice[] {
    const { layers } = facts;
    this.block = isTiny(facts) ? Math.ceil(layers / 2) : layers;
    return Array.from({ length: layers }, (_, i) => ({
      value: i + 1,
      text: i + 1 === layers ? `${i + 1}, the last` : String(i + 1),
      chosen: i + 1 === this.block,
    }));
  }

  /** The resolutions for a model, by their sides in patches; one of them is chosen. */
  resolutionsOf(facts: ModelFacts): Choice[] {
    const { patchSize } = facts;
    this.patchSize = patchSize;
    const sides = isTiny(facts) ? SMALL : LARGE;
    if (!sides.includes(this.patches)) this.patches = 16;
    return sides.map((value) => ({
      value,
      text: `${value * patchSize} px, ${value} patches`,
      chosen: value === this.patches,
    }));
  }

  private tell(): void {
    this.dispatchEvent(new Event('change'));
  }
}

function isTiny({ imageSize, patchSize }: ModelFacts): boolean {
  return imageSize / patchSize < 16;
}
