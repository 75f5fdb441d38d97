/** Patch features in the colours of three components of their PCA. */
import { fitPca, gridImage, type PatchFeatures, PcaBasis, type RawImage } from '../../../lib/index.ts';
import type { ForegroundChoice, LookFacts } from '../../protocol.ts';
import type { FittedLook } from './fitted-look.ts';

export class PcaLook implements FittedLook {
  readonly applyLayernorm = true;
  readonly basis: PcaBasis;

  constructor(basis: PcaBasis) {
    this.basis = basis;
  }

  static async fit(features: AsyncIterable<PatchFeatures>, foreground: ForegroundChoice): Promise<PcaLook> {
    return new PcaLook(
      await fitPca(features, foreground === 'none' ? { foreground } : { foregroundSide: foreground }),
    );
  }

  static async open(file: Blob): Promise<PcaLook> {
    return new PcaLook(await PcaBasis.fromBytes(new Uint8Array(await file.arrayBuffer())));
  }

  get facts(): LookFacts {
    return { kind: 'pca', explained: [...this.basis.explainedVarianceRatio] };
  }

  draw(features: PatchFeatures, smooth: boolean): RawImage {
    const colours = this.basis.colours(features);
    return gridImage(features.grid, colours, { interpolation: smooth ? 'bicubic' : 'nearest' });
  }
}
