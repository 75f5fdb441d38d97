/** What kept features depend on. */
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { DatasetError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import type { BitImageProcessor } from '../../images/image-processor.ts';
import type { AnyModel } from '../families/families.ts';
import { digestOf, digestOfModel } from '../saving/model-digest-node.ts';
import type { Dataset } from './dataset.ts';

/** What features are of, each in a few digits. */
export interface FeaturesIdentity {
  readonly model: string;
  readonly processor: string;
  readonly images: string;
  readonly blocks: number;
}

/**
 * Says what the features of a dataset depend on: the model's weights and configuration, the processor, and of every image its
 * name, label, address, and the size and time of its file.
 *
 * @throws DatasetError if an image is no path and no address, so that nobody can see whether it has changed
 */
export async function featuresIdentity(
  model: AnyModel,
  { items, classes }: Dataset<number>,
  processor: BitImageProcessor,
  blocks: number,
): Promise<FeaturesIdentity> {
  const images: unknown[] = [classes];
  for (const { name, image, label } of items) {
    if (typeof image !== 'string') {
      throw new DatasetError(
        `datasetFeatures: ${name}: expected a path or an address where features are kept in a file, got ${shown(image)}`,
      );
    }
    images.push([name, label, image, await versionOf(image)]);
  }
  return {
    model: `${await digestOfModel(model)} ${model.precision}`,
    processor: `${digestOf(processor.toJSON())} ${processor.backend}`,
    images: digestOf(images),
    blocks,
  };
}

/** The size of a file and when it was last changed; null for what is none, or can't be looked at. */
async function versionOf(image: string): Promise<string | null> {
  if (/^(https?|data|blob):/i.test(image)) return null;
  const path = /^file:/i.test(image) ? fileURLToPath(image) : image;
  const found = await stat(path).catch(() => undefined);
  return found === undefined ? null : `${found.size} ${found.mtimeMs}`;
}
