/** The features of a dataset's images, computed once. */

import { DatasetError, ImageError, OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { BitImageProcessor } from '../../images/image-processor.ts';
import { ADDRESS_OPTIONS } from '../../images/inputs/address.ts';
import { type OptionsOf, positiveInteger, readOptions, text, value } from '../../options/rows.ts';
import { requireNode } from '../../platform/require-node.ts';
import { REPOSITORY_OPTIONS, warn } from '../../sources/repository.ts';
import type { Dinov2PreTrainedModel } from '../families/dinov2/dinov2-pretrained-model.ts';
import { type AnyModel, classNamed } from '../families/families.ts';
import { imageBatches } from '../tasks/image-batches.ts';
import { missingProcessor } from '../tasks/over-images.ts';
import { blockFeatures } from './block-features.ts';
import { type Dataset, requireDataset, requireSingleLabels } from './dataset.ts';
import { type FailedImage, failedImages } from './failed-images.ts';

/** What is computed of images, and where it is kept. */
export const FEATURES_OPTIONS = {
  /** n, the last blocks whose CLS tokens are kept; default 4, or all if the model has fewer */
  blocks: positiveInteger(),
  /** what prepares the images */
  processor: value<BitImageProcessor>({
    accepts: (given) => given instanceof BitImageProcessor,
    refusal: ': expected a BitImageProcessor',
  }),
  /** how many images are computed at once; default 8 */
  batchSize: positiveInteger({ default: 8 }),
  /** in Node, a safetensors file that the features are read from where they fit, and written to where not; default none */
  file: text({
    flag: '--features <file>',
    help: 'keep the features of the images in a .safetensors file, and take them from there next time',
  }),
  /** told of each image that can't be read, which is left out */
  onError: value<(error: unknown, name: string) => void>(),
  /** called with how many images are done, and how many there are */
  onImage: value<(done: number, total: number) => void>(),
  /** told that features of the file are of something else; default `console.warn` */
  onWarning: REPOSITORY_OPTIONS.onWarning,
  ...ADDRESS_OPTIONS,
};

/** What is computed of images, and where it is kept. */
export interface FeaturesOptions extends OptionsOf<typeof FEATURES_OPTIONS> {}

/** The features of the n images that could be read, in their order. */
export interface DatasetFeatures {
  readonly names: readonly string[];
  /** [n], the places of the images among the items of the dataset */
  readonly indices: Int32Array;
  /** [n], the numbers of classes */
  readonly labels: Int32Array;
  readonly classes: readonly string[];
  /** how many there are */
  readonly numClasses: number;
  /** D */
  readonly dim: number;
  /** [n, D] each: the CLS tokens of the last blocks after the final norm, earliest first */
  readonly layers: readonly Float32Array[];
  /** [n, D]: the mean of the patches after the final norm */
  readonly patchMean: Float32Array;
  /** the images that could not be read, and why */
  readonly failed: readonly FailedImage[];
  /** whether they are those of the file */
  readonly reused: boolean;
}

/**
 * Computes what classifiers of features learn from: of each image the CLS tokens of the last blocks and the mean of the patches.
 *
 * With `file`, features are kept with what they are of: the model's weights, the processor, the images by name, label, size and
 * time of their files. They are taken from there while all that is the same, and else computed again, which `onWarning` is told. An
 * image that can't be read is left out, and stands in `failed`.
 *
 * @param model any class on TF.js; its head is left out
 * @param dataset of single labels
 * @throws OptionError; DatasetError of other labels, if no image can be read, or if the file is another one; SourceError; the
 *   signal's reason
 */
export async function datasetFeatures(
  model: AnyModel,
  dataset: Dataset,
  options: FeaturesOptions = {},
): Promise<DatasetFeatures> {
  const where = 'datasetFeatures';
  const given = readOptions(where, options, FEATURES_OPTIONS);
  const { processor, file } = given;
  if (classNamed(model?.architecture) === undefined)
    throw new OptionError(`${where}: expected a model on TF.js, got ${shown(model)}`);
  if (processor === undefined) throw missingProcessor(where, 'a model that is loaded');
  const depth = model.config.numHiddenLayers;
  const { blocks = Math.min(USUAL_BLOCKS, depth) } = given;
  if (blocks > depth) throw new OptionError(`${where}: blocks: expected at most ${depth}, got ${blocks}`);
  requireDataset(where, dataset);
  const single = requireSingleLabels(where, dataset);
  const settings = { ...given, processor, blocks };
  if (file === undefined) return { ...(await computed(model, single, settings)), reused: false };
  requireNode(file);
  const { featuresIdentity } = await import('#node/lib/datasets/features-identity');
  const { readFeatures, writeFeatures } = await import('#node/lib/datasets/features-file');
  const identity = await featuresIdentity(model, single, processor, blocks);
  const kept = await readFeatures(file, identity);
  if (typeof kept === 'object') {
    for (const { name, error } of kept.failed) given.onError?.(new ImageError(error), name);
    return { ...kept, reused: true };
  }
  if (kept !== undefined) warn(given, `${file}: its features are of ${kept}: they are computed again`);
  const features = await computed(model, single, settings);
  await writeFeatures(file, features, identity, given.signal);
  return { ...features, reused: false };
}

const USUAL_BLOCKS = 4;

/** What is needed to compute features. */
interface Settings extends Omit<FeaturesOptions, 'file'> {
  readonly processor: BitImageProcessor;
  readonly batchSize: number;
  readonly blocks: number;
}

async function computed(
  model: Dinov2PreTrainedModel,
  { items, classes }: Dataset<number>,
  { blocks, onError, onImage, ...settings }: Settings,
): Promise<Omit<DatasetFeatures, 'reused'>> {
  const dim = model.config.hiddenSize;
  const [layers, patchMean] = [
    Array.from({ length: blocks }, () => rows(items.length, dim)),
    rows(items.length, dim),
  ];
  const read: number[] = [];
  const { failed, leftOut } = failedImages(onError);
  for await (const batch of imageBatches(items, { ...settings, leftOut })) {
    settings.signal?.throwIfAborted();
    const features = await blockFeatures(model, batch.pixelValues, blocks);
    const at = read.length * dim;
    for (const [i, layer] of layers.entries()) layer.set(features.layers[i] ?? [], at);
    patchMean.set(features.patchMean, at);
    read.push(...batch.images.map(({ index }) => index));
    onImage?.(read.length + failed.length, items.length);
  }
  if (read.length === 0) {
    throw new DatasetError(
      `datasetFeatures: expected images that can be read, got none of ${items.length}; the first: ${failed[0]?.error}`,
    );
  }
  const size = read.length * dim;
  return {
    names: read.map((index) => items[index]?.name ?? ''),
    indices: Int32Array.from(read),
    labels: Int32Array.from(read, (index) => items[index]?.label ?? 0),
    classes,
    numClasses: classes.length,
    dim,
    layers: layers.map((layer) => layer.subarray(0, size)),
    patchMean: patchMean.subarray(0, size),
    failed,
  };
}

function rows(count: number, dim: number): Float32Array {
  return new Float32Array(count * dim);
}
