/** Setting a part of the images aside whose features are there. */
import type { DatasetItem } from './dataset.ts';
import { type SplitOptions, splitDataset } from './split-dataset.ts';
import { type LearnableFeatures, takeFeatures } from './take-features.ts';

/**
 * Sets a share of features aside, as `splitDataset` does with images.
 *
 * @param share between 0 and 1
 * @throws OptionError if the share is none
 */
export function splitFeatures(
  features: LearnableFeatures,
  share: number,
  options: SplitOptions = {},
): { train: LearnableFeatures; validation: LearnableFeatures } {
  const items = features.names.map(
    (name, row): DatasetItem<number> => ({ name, image: '', label: features.labels[row] ?? 0 }),
  );
  const rows = new Map(items.map((item, row) => [item, row]));
  const classes = Array.from({ length: features.numClasses }, (_, id) => String(id));
  const { train, validation } = splitDataset(
    { items, classes, problemType: 'single_label_classification' },
    share,
    options,
  );
  const take = (part: typeof train): LearnableFeatures =>
    takeFeatures(
      features,
      part.items.map((item) => rows.get(item) ?? 0),
    );
  return { train: take(train), validation: take(validation) };
}
