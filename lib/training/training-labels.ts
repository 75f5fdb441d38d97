/** The labels of what is learnt from. */
import { type Tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { DatasetError } from '../../errors/errors.ts';
import { listed } from '../../errors/listed.ts';
import { shown } from '../../errors/shown.ts';
import type { Dataset, DatasetItem } from '../datasets/dataset.ts';
import type { ProblemType } from '../model/model-config.ts';
import { IGNORED_LABEL } from './batch-loss.ts';

/** The labels of a dataset. */
export class Labels {
  readonly problemType: ProblemType;
  readonly numLabels: number;
  private readonly items: readonly DatasetItem[];

  /**
   * @param where whose labels, for error messages
   * @throws DatasetError if there are none, or one doesn't fit
   */
  constructor(where: string, { items }: Dataset, numLabels: number, problemType: ProblemType) {
    if (items.length === 0) throw new DatasetError(`${where}: expected images, got none`);
    this.items = items;
    this.numLabels = numLabels;
    this.problemType = problemType;
    for (const item of items) this.requireFit(where, item);
  }

  /** how many images there are */
  get size(): number {
    return this.items.length;
  }

  /** @returns [B] int32 of single labels, else [B, labels] float32; owned by the caller */
  tensor(indices: readonly number[]): Tensor {
    const labels = indices.map((index) => this.of(index));
    if (this.problemType === 'single_label_classification') return tensor1d(labels.flat(), 'int32');
    return tensor2d(labels.flat(), [indices.length, this.numLabels], 'float32');
  }

  /** How many terms a loss of these images has. */
  count(indices: readonly number[]): number {
    if (this.problemType !== 'single_label_classification') return indices.length * this.numLabels;
    return indices.filter((index) => this.of(index)[0] !== IGNORED_LABEL).length;
  }

  /** How many images each class has, of single labels. */
  perClass(): number[] {
    const counts = new Int32Array(this.numLabels);
    for (const { label } of this.items)
      if (typeof label === 'number' && label >= 0) counts[label] = (counts[label] ?? 0) + 1;
    return [...counts];
  }

  private of(index: number): readonly number[] {
    const label = this.items[index]?.label ?? [];
    return typeof label === 'number' ? [label] : label;
  }

  private requireFit(where: string, { name, label }: DatasetItem): void {
    const { numLabels, problemType } = this;
    if (problemType === 'single_label_classification') {
      const isClass = Number.isInteger(label) && Number(label) >= 0 && Number(label) < numLabels;
      if (isClass || label === IGNORED_LABEL) return;
      throw new DatasetError(
        `${where}: ${name}: expected a label from 0 to ${numLabels - 1}, or ${IGNORED_LABEL} for none, got ${shown(label)}`,
      );
    }
    const values = typeof label === 'number' ? [label] : label;
    if (values.length === numLabels && values.every((each) => Number.isFinite(each))) return;
    throw new DatasetError(
      `${where}: ${name}: expected ${numLabels} numbers as label, as the model of ${problemType} has outputs, got ${shown(label)}`,
    );
  }
}

/**
 * The problem type of a dataset, for a model.
 *
 * @throws DatasetError if the model is for another, or its labels are not as many as there are classes
 */
export function problemTypeOf(
  { classes, problemType }: Dataset,
  config: { readonly numLabels: number; readonly problemType: ProblemType | undefined },
): ProblemType {
  if (classes.length !== config.numLabels) {
    throw new DatasetError(
      `train: expected a model with ${classes.length} labels for the classes ${listed(classes, 5)}, got one with ${config.numLabels}; give it a new head`,
    );
  }
  if ((config.problemType ?? problemType) !== problemType) {
    throw new DatasetError(
      `train: expected images for a model of ${config.problemType}, got images for ${problemType}; load the model with the option problemType`,
    );
  }
  return problemType;
}

/** What may be wrong with data that can be learnt from, in sentences. */
export function dataWarnings(labels: Labels, { classes }: Dataset): string[] {
  if (labels.problemType !== 'single_label_classification') return [];
  const counts = labels.perClass();
  return classes.flatMap((name, id) => {
    const count = counts[id] ?? 0;
    if (count > 1) return [];
    return [`the class ${name} has ${count === 0 ? 'no image' : 'one image'} to learn from; give it more`];
  });
}
