/** What is learnt from: images with their labels. */
import { type Tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { OptionError } from '../../errors/errors.ts';
import { listed } from '../../errors/listed.ts';
import { shown } from '../../errors/shown.ts';
import type { ImageInput } from '../../images/inputs/image-input.ts';
import type { ProblemType } from '../model/model-config.ts';
import { IGNORED_LABEL } from './batch-loss.ts';

/** An image with its label. */
export interface TrainingItem {
  readonly name: string;
  readonly image: ImageInput;
  /** the number of its class; of several labels, a number for each: 0 or 1, or the value that is regressed */
  readonly label: number | readonly number[];
}

/** Images with their labels, and what the labels mean. */
export interface TrainingDataset {
  readonly items: readonly TrainingItem[];
  readonly classes: readonly string[];
}

/** The labels of a dataset. */
export class Labels {
  readonly problemType: ProblemType;
  readonly numLabels: number;
  private readonly items: readonly TrainingItem[];

  /**
   * @param where whose labels, for error messages
   * @throws OptionError if there are none, or one doesn't fit
   */
  constructor(where: string, { items }: TrainingDataset, numLabels: number, problemType: ProblemType) {
    if (items.length === 0) throw new OptionError(`${where}: expected images, got none`);
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

  private requireFit(where: string, { name, label }: TrainingItem): void {
    const { numLabels, problemType } = this;
    if (problemType === 'single_label_classification') {
      const isClass = Number.isInteger(label) && Number(label) >= 0 && Number(label) < numLabels;
      if (isClass || label === IGNORED_LABEL) return;
      throw new OptionError(
        `${where}: ${name}: expected a label from 0 to ${numLabels - 1}, or ${IGNORED_LABEL} for none, got ${shown(label)}`,
      );
    }
    const values = typeof label === 'number' ? [label] : label;
    if (values.length === numLabels && values.every((each) => Number.isFinite(each))) return;
    throw new OptionError(
      `${where}: ${name}: expected ${numLabels} numbers as label, as the model of ${problemType} has outputs, got ${shown(label)}`,
    );
  }
}

/**
 * The problem type of a model for a dataset, where its configuration says none: single labels, unless there are lists of them.
 *
 * @throws OptionError if the classes of the dataset are not the labels of the model
 */
export function problemTypeOf(
  { items, classes }: TrainingDataset,
  config: { readonly numLabels: number; readonly problemType: ProblemType | undefined },
): ProblemType {
  if (classes.length !== config.numLabels) {
    throw new OptionError(
      `train: expected a model with ${classes.length} labels for the classes ${listed(classes, 5)}, got one with ${config.numLabels}; load it with a new head`,
    );
  }
  if (config.problemType !== undefined) return config.problemType;
  if (items.some(({ label }) => typeof label !== 'number')) return 'multi_label_classification';
  return config.numLabels === 1 ? 'regression' : 'single_label_classification';
}

/** What may be wrong with data that can be learnt from, in sentences. */
export function dataWarnings(labels: Labels, { classes }: TrainingDataset): string[] {
  if (labels.problemType !== 'single_label_classification') return [];
  const counts = labels.perClass();
  return classes.flatMap((name, id) => {
    const count = counts[id] ?? 0;
    if (count > 1) return [];
    return [`the class ${name} has ${count === 0 ? 'no image' : 'one image'} to learn from; give it more`];
  });
}
