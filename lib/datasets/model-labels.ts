/** The labels of a dataset as a model's outputs are to be. */
import { type Tensor, tensor1d, tensor2d } from '@tensorflow/tfjs-core';
import { DatasetError } from '../../errors/errors.ts';
import { listed } from '../../errors/listed.ts';
import { shown } from '../../errors/shown.ts';
import { IGNORED_LABEL } from '../heads/linear/loss.ts';
import type { ModelConfig, ProblemType } from '../model/model-config.ts';
import { type Dataset, type DatasetItem, requireDataset } from './dataset.ts';

/** The outputs of a model: how many, what they are called, and what they are for, where that is to be checked. */
type LabelledModel = Pick<ModelConfig, 'numLabels' | 'id2label'> & Partial<Pick<ModelConfig, 'problemType'>>;

/** The labels of a dataset, as a model's outputs are to be. */
export class Labels {
  readonly problemType: ProblemType;
  /** how many outputs the model has */
  readonly numLabels: number;
  private readonly dataset: Dataset;
  /** the names of the model's labels; where it has none, those of the classes */
  readonly names: readonly string[];
  /** for each class, the label of the model that it is */
  private readonly ids: readonly number[];

  /**
   * @param where whose labels, for error messages
   * @param others what is learnt from, which has the same classes and says their order where the model has no names
   * @throws DatasetError if there are none, or they are not those of the model
   */
  constructor(where: string, dataset: Dataset, config: LabelledModel, others?: Labels) {
    requireDataset(where, dataset);
    const { items, problemType } = dataset;
    if (items.length === 0) throw new DatasetError(`${where}: expected images, got none`);
    if ((config.problemType ?? problemType) !== problemType) {
      throw new DatasetError(
        `${where}: expected images for a model of ${config.problemType}, got images for ${problemType}; load the model with the option problemType`,
      );
    }
    if (others !== undefined && others.problemType !== problemType) {
      throw new DatasetError(
        `${where}: expected images for ${others.problemType}, got images for ${problemType}`,
      );
    }
    if (problemType === 'single_label_classification' && config.numLabels < 2) {
      throw new DatasetError(
        `${where}: expected a model of at least two labels for images with one class each, got ${config.numLabels}; load it with newHead and labels`,
      );
    }
    this.problemType = problemType;
    this.numLabels = config.numLabels;
    this.dataset = dataset;
    const known = others?.names ?? Object.values(config.id2label);
    this.ids = labelsOfClasses(where, dataset, config.numLabels, known);
    const names = [...known];
    for (const [i, id] of this.ids.entries()) names[id] = dataset.classes[i] ?? '';
    this.names = names;
    for (const item of items) this.requireFit(where, item);
  }

  /** How many images there are. */
  get size(): number {
    return this.dataset.items.length;
  }

  /** @returns [B] int32 of single labels, else [B, labels] float32; owned by the caller */
  tensor(indices: readonly number[]): Tensor {
    const targets = indices.flatMap((index) => this.target(index));
    if (this.problemType === 'single_label_classification') return tensor1d(targets, 'int32');
    return tensor2d(targets, [indices.length, this.numLabels], 'float32');
  }

  /** How many terms a loss of these images has. */
  count(indices: readonly number[]): number {
    if (this.problemType !== 'single_label_classification') return indices.length * this.numLabels;
    return indices.filter((index) => this.dataset.items[index]?.label !== IGNORED_LABEL).length;
  }

  /** What may be wrong with labels that can be learnt from, in sentences. */
  warnings(): string[] {
    if (this.problemType !== 'single_label_classification') return [];
    const { items, classes } = this.dataset;
    const counts = new Array<number>(classes.length).fill(0);
    for (const { label } of items)
      if (label !== IGNORED_LABEL) counts[Number(label)] = (counts[Number(label)] ?? 0) + 1;
    return [0, 1].flatMap((few) => {
      const names = classes.filter((_, id) => counts[id] === few);
      if (names.length === 0) return [];
      const whose = names.length === 1 ? `the class ${names[0]} has` : `the classes ${listed(names, 5)} have`;
      return [`${whose} ${few === 0 ? 'no image' : 'one image'} to learn from; give more`];
    });
  }

  /** What the outputs of the model are to be for an image: the number of its label where it has a single one. */
  target(index: number): number[] {
    const label = [this.dataset.items[index]?.label ?? []].flat();
    if (this.problemType === 'regression') return label;
    if (this.problemType === 'single_label_classification') return label.map((id) => this.ids[id] ?? id);
    const target = new Array<number>(this.numLabels).fill(0);
    for (const [id, present] of label.entries()) target[this.ids[id] ?? 0] = present;
    return target;
  }

  private requireFit(where: string, { name, label }: DatasetItem): void {
    const { classes } = this.dataset;
    if (this.problemType === 'single_label_classification') {
      if (label === IGNORED_LABEL || (typeof label === 'number' && classes[label] !== undefined)) return;
      throw new DatasetError(
        `${where}: ${name}: expected a label from 0 to ${classes.length - 1}, or ${IGNORED_LABEL} for none, got ${shown(label)}`,
      );
    }
    const values = [label].flat();
    if (values.length === classes.length && values.every(Number.isFinite)) return;
    throw new DatasetError(
      `${where}: ${name}: expected ${classes.length} numbers as label, one for each class, got ${shown(label)}`,
    );
  }
}

/**
 * The label of the model that each class is.
 *
 * @throws DatasetError if a class is none of them; labels without names are the classes in their order
 */
function labelsOfClasses(
  where: string,
  { classes, problemType }: Dataset,
  numLabels: number,
  names: readonly string[],
): number[] {
  const ids = classes.map((name) => names.indexOf(name));
  if (!ids.includes(-1)) return ids;
  if (problemType === 'regression' && numLabels !== classes.length) {
    throw new DatasetError(
      `${where}: expected a model for a regression with outputs: ${classes.length}, got ${numLabels}; give it a new head`,
    );
  }
  const isUnnamed = problemType === 'regression' || names.every((name, id) => name === `LABEL_${id}`);
  if (isUnnamed && numLabels === classes.length) return classes.map((_, id) => id);
  throw new DatasetError(
    `${where}: expected the classes ${listed(classes, 5)} among the ${numLabels} labels of the model, got ${listed(names, 5)}; give it a new head`,
  );
}
