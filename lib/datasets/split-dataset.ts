/** Setting a part of the images aside. */
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { bool, integer, type OptionsOf, readOptions } from '../../options/rows.ts';
import { TorchGenerator } from '../../random/torch-generator.ts';
import type { Dataset, DatasetLabel } from './dataset.ts';

/** Which images are set aside. */
export const SPLIT_OPTIONS = {
  /** the same seed sets the same images aside everywhere; default 0 */
  seed: integer(),
  /** whether each class gives the same share, as far as there are single labels; default true */
  stratified: bool({ default: true }),
};

/** Which images are set aside. */
export interface SplitOptions extends OptionsOf<typeof SPLIT_OPTIONS> {}

/** What is learnt from, and what was set aside of it, where anything was. */
export interface DatasetSplits {
  readonly train: Dataset;
  readonly validation?: Dataset;
  readonly test?: Dataset;
  /** files that were passed over, as their endings are no image's */
  readonly passedOver: readonly string[];
}

/**
 * Sets a share of the images aside, by torch's generator.
 *
 * Of each class, the first of a random permutation are taken: the share, rounded, but at least one and not all, so that a
 * class with a single image stays in what is learnt from. Both parts keep the order of the images.
 *
 * @param share between 0 and 1
 * @throws OptionError if the share is none
 */
export function splitDataset<Label extends DatasetLabel>(
  dataset: Dataset<Label>,
  share: number,
  options: SplitOptions = {},
): { train: Dataset<Label>; validation: Dataset<Label> } {
  const where = 'splitDataset';
  const { seed = 0, stratified } = readOptions(where, options, SPLIT_OPTIONS);
  if (!(share > 0 && share < 1))
    throw new OptionError(`${where}: expected a share between 0 and 1, got ${shown(share)}`);
  const { items, classes, problemType } = dataset;
  const generator = new TorchGenerator(seed);
  const all = items.map((_, i) => i);
  const groups =
    stratified && problemType === 'single_label_classification'
      ? classes.map((_, id) => all.filter((i) => items[i]?.label === id))
      : [all];
  const aside = new Set(
    groups.flatMap((group) => {
      const count = Math.min(group.length - 1, Math.max(1, Math.round(group.length * share)));
      return [...generator.randperm(group.length)].slice(0, Math.max(0, count)).map((i) => group[i]);
    }),
  );
  const part = (isAside: boolean): Dataset<Label> => ({
    ...dataset,
    items: items.filter((_, i) => aside.has(i) === isAside),
  });
  return { train: part(false), validation: part(true) };
}
