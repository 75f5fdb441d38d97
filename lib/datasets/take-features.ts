/** Some of the features of a dataset. */
import { gatherRows } from '../learning/gather-rows.ts';
import type { ProbeInput } from '../learning/probe-features.ts';
import type { DatasetFeatures } from './dataset-features.ts';

/** What classifiers of features take, see `ProbeFeatures` and `LabelledFeatures`: the CLS tokens of the last block are `features` too. */
export interface LearnableFeatures
  extends Pick<DatasetFeatures, 'layers' | 'patchMean' | 'labels' | 'dim' | 'names' | 'numClasses'> {
  /** [n, D], the last of `layers` */
  readonly features: Float32Array;
}

/**
 * The features of some images, copied, in the form in which `fitKnn`, `fitLogisticRegression` and `fitLinearProbe` take them.
 *
 * @param rows places among the images that could be read; default all
 */
export function takeFeatures(
  { layers, patchMean, labels, dim, names, numClasses }: Omit<LearnableFeatures, 'features'>,
  rows: ArrayLike<number> = names.map((_, row) => row),
): LearnableFeatures {
  const order = Int32Array.from(rows);
  const take = (features: Float32Array) => gatherRows(features, dim, order);
  const taken = layers.map(take);
  return {
    layers: taken,
    patchMean: take(patchMean),
    features: taken.at(-1) ?? new Float32Array(),
    labels: order.map((row) => labels[row] ?? 0),
    dim,
    names: [...order].map((row) => names[row] ?? ''),
    numClasses,
  };
}

/**
 * The vectors that a head of a linear probe reads: the CLS tokens of the last blocks, and the mean of the patches behind them.
 *
 * @returns [n, (blocks + 1 with the mean) · D]
 */
export function headInput(
  { layers, patchMean, dim }: Pick<LearnableFeatures, 'layers' | 'patchMean' | 'dim'>,
  { blocks, averagePool }: ProbeInput,
): Float32Array {
  const parts = [...layers.slice(-blocks), ...(averagePool ? [patchMean] : [])];
  const input = new Float32Array(parts.length * patchMean.length);
  for (const [p, part] of parts.entries()) {
    for (let from = 0; from < part.length; from += dim)
      input.set(part.subarray(from, from + dim), from * parts.length + p * dim);
  }
  return input;
}
