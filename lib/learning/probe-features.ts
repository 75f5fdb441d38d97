/** What linear probes see of images: features of the last blocks, put together in several ways. */
import { OptionError } from '../../errors/errors.ts';
import { requireFeatures, requireLabels } from './labelled-features.ts';

/** Features of images by block, with labels. */
export interface ProbeFeatures {
  /** CLS tokens [n, D] of the last blocks after the final norm, the earliest block first */
  readonly layers: readonly Float32Array[];
  /** means of the patches [n, D] of the last block after the final norm */
  readonly patchMean: Float32Array;
  /** D */
  readonly dim: number;
  /** [n], classes from 0 */
  readonly labels: Int32Array;
  /** default: the largest label and one more */
  readonly numClasses?: number;
}

/** Of which features the input of a head is made, as `create_linear_input` of facebookresearch/dinov2, `dinov2/eval/linear.py`, puts them together. */
export interface ProbeInput {
  /** CLS tokens of how many last blocks */
  readonly blocks: number;
  /** whether the mean of the patches comes behind them */
  readonly averagePool: boolean;
}

/**
 * Sizes of features by block.
 *
 * @throws ShapeError and OptionError on features and labels that can't be used or don't fit each other
 */
export function requireProbeFeatures(
  where: string,
  { layers, patchMean, dim, labels, numClasses }: ProbeFeatures,
): { count: number; numClasses: number } {
  const count = requireFeatures(where, patchMean, dim);
  for (const [i, layer] of layers.entries()) {
    if (requireFeatures(where, layer, dim) !== count) {
      throw new OptionError(
        `${where}: expected ${count} vectors of each block, as of the patches, got ${layer.length / dim} in layers[${i}]`,
      );
    }
  }
  return { count, numClasses: requireLabels(where, labels, count, numClasses) };
}
