/** Patch features in the colours of three components of their PCA. */
import { fitPca, gridImage, type PatchFeatures, PcaBasis, type RawImage } from '../../../lib/index.ts';
import type { ColouringFacts, ForegroundChoice } from '../../protocol.ts';
import { interpolationOf } from '../overlay.ts';
import type { Colouring } from './colouring.ts';

export class PcaColouring implements Colouring {
  readonly basis: PcaBasis;

  constructor(basis: PcaBasis) {
    this.basis = basis;
  }

  static async fit(
    features: Iterable<PatchFeatures> | AsyncIterable<PatchFeatures>,
    foreground: ForegroundChoice,
  ): Promise<PcaColouring> {
    return new PcaColouring(
      await fitPca(features, foreground === 'none' ? { foreground } : { foregroundSide: foreground }),
    );
  }

  static async open(file: Blob): Promise<PcaColouring> {
    return new PcaColouring(await PcaBasis.fromBytes(new Uint8Array(await file.arrayBuffer())));
  }

  get facts(): ColouringFacts {
    return { kind: 'pca', explained: [...this.basis.explainedVarianceRatio] };
  }

  draw(features: PatchFeatures, smooth: boolean): RawImage {
    const colours = this.basis.colours(features);
    return gridImage(features.grid, colours, { interpolation: interpolationOf(smooth) });
  }
}
