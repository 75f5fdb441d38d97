/** From any number of images to one vector each. */
import type { Runnable } from '../../graph/engines/runnable.ts';
import { pickOptions } from '../../options/rows.ts';
import type { ModelSource } from '../../sources/model-source.ts';
import { Dinov2Model } from '../families/dinov2/dinov2-model.ts';
import type { PrecisionOptions } from '../loading/precision.ts';
import { EMBED_OPTIONS, type EmbedOptions, embed } from './embed.ts';
import type { Images, OfImage } from './image-batches.ts';
import { type ImagesOptions, type ImagesTask, overImages } from './over-images.ts';

/** One image as a vector. */
export interface ImageEmbedding extends OfImage {
  /** [D], or [2·D] of the pooling `cls+mean` */
  vector: Float32Array;
}

/** How many images become vectors. */
export interface EmbedImagesOptions extends EmbedOptions, ImagesOptions, PrecisionOptions {}

/**
 * Embeds images one after the other, from decoding to vectors, in their order.
 *
 * While a batch is computed, the next one is decoded: of files and bytes in Node by threads, as `preprocessAhead` does. No more
 * than a batch and a few images (three, or two for each core) are read ahead of what is taken, however many there are. Images
 * of one size that follow one another make a batch.
 *
 * @param source where to load a model, which is freed at the end, also if the loop is left early; or a model on TF.js or
 *   compiled, which stays yours and needs the option `processor`
 * @param images paths, URLs, Blobs, bytes or whatever else `preprocess` takes, or pairs { name, image }, whose
 *   image may be a promise
 * @throws OptionError at once; what loading, reading and computing throw as it goes on; the signal's reason
 */
export function embedImages(
  source: ModelSource | Runnable<Dinov2Model>,
  images: Images,
  options: EmbedImagesOptions = {},
): AsyncGenerator<ImageEmbedding, void, undefined> {
  const task: ImagesTask<Dinov2Model, Pick<ImageEmbedding, 'vector'>> = {
    where: 'embedImages',
    architecture: 'Dinov2Model',
    tables: [EMBED_OPTIONS],
    load: Dinov2Model.fromPretrained,
    compute: async (model, pixelValues) => {
      const vectors = await embed(model, pixelValues, pickOptions(options, EMBED_OPTIONS));
      return vectors.map((vector) => ({ vector }));
    },
  };
  return overImages(task, source, images, options);
}
