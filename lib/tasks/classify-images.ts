/** From any number of images to labels. */
import type { Runnable } from '../../graph/engines/runnable.ts';
import { pickOptions } from '../../options/rows.ts';
import type { ModelSource } from '../../sources/model-source.ts';
import { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { HEAD_OPTIONS, type HeadOptions } from '../loading/attach-head.ts';
import type { PrecisionOptions } from '../loading/precision.ts';
import { CLASSIFY_OPTIONS, type Classification, type ClassifyOptions, classify } from './classify.ts';
import type { Images, OfImage } from './image-batches.ts';
import { type ImagesOptions, type ImagesTask, overImages } from './over-images.ts';

/** The labels of one image. */
export interface ImageClassification extends OfImage {
  /** best first */
  labels: Classification[];
}

/** How many images are classified. */
export interface ClassifyImagesOptions
  extends ClassifyOptions,
    HeadOptions,
    ImagesOptions,
    PrecisionOptions {}

/**
 * Classifies images one after the other, from decoding to labels, in their order; as `embedImages` does in all else.
 *
 * @param source where to load a classifier, or one on TF.js or compiled, which stays yours and needs the option `processor`
 * @param images paths, URLs, Blobs, bytes or whatever else `preprocess` takes, or pairs { name, image }
 * @throws OptionError at once; what loading, reading and computing throw as it goes on; the signal's reason
 */
export function classifyImages(
  source: ModelSource | Runnable<Dinov2ForImageClassification>,
  images: Images,
  options: ClassifyImagesOptions = {},
): AsyncGenerator<ImageClassification, void, undefined> {
  const task: ImagesTask<Dinov2ForImageClassification, Pick<ImageClassification, 'labels'>> = {
    where: 'classifyImages',
    architecture: 'Dinov2ForImageClassification',
    tables: [CLASSIFY_OPTIONS, HEAD_OPTIONS],
    load: (from, load) =>
      Dinov2ForImageClassification.fromPretrained(from, { ...load, ...pickOptions(options, HEAD_OPTIONS) }),
    compute: async (model, pixelValues) => {
      const each = await classify(model, pixelValues, pickOptions(options, CLASSIFY_OPTIONS));
      return each.map((labels) => ({ labels }));
    },
  };
  return overImages(task, source, images, options);
}
