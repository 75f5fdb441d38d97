/** In which resolution images are seen, and how patches are drawn, on every tab. */
import type { ModelFacts, View } from './protocol.ts';

/** Sides in patches of the resolutions on offer; 37 patches of 14 pixels are the 518 that DINOv2 was finished at. */
const LARGE = [16, 24, 37, 56];
/** Those of models of tiny images. */
const SMALL = [8, 16, 24, 32];

/** Tells `change` of every change. */
export class ViewSettings extends EventTarget {
  private patches = 16;
  private patchSize = 4;
  private isSmooth = false;

  /** pixels of the shorter side */
  get view(): View {
    return { size: this.patches * this.patchSize };
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

  /** The resolutions for a model, by their sides in patches; one of them is chosen. */
  optionsFor({ patchSize, imageSize }: ModelFacts): { value: number; text: string; chosen: boolean }[] {
    this.patchSize = patchSize;
    const sides = imageSize / patchSize < 16 ? SMALL : LARGE;
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
