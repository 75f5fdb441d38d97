/** Files that hold a linear head and nothing else. */
import { FormatError } from '../../../errors/errors.ts';
import { shown } from '../../../errors/shown.ts';
import type { Checkpoint, TensorInfo } from '../../../weights/checkpoint.ts';

/** The two tensors of a linear head, under the names they have in their file. */
export interface HeadTensors {
  /** [labels, features] */
  readonly weight: TensorInfo;
  /** [labels] */
  readonly bias: TensorInfo;
}

/**
 * Finds the head in a file that has nothing else.
 *
 * The original code's `dinov2_vits14_linear_head.pth` has `weight` and `bias`; whatever stands before the two names,
 * such as `linear_head.` or `classifier.`, is passed over.
 *
 * @throws FormatError if there are other tensors, or shapes that no linear layer has
 */
export function headTensors({ where, tensors }: Checkpoint): HeadTensors {
  const [weight, bias] = ['weight', 'bias'].map((kind) =>
    [...tensors.values()].find(({ name }) => name === kind || name.endsWith(`.${kind}`)),
  );
  const prefix = weight?.name.slice(0, -'weight'.length);
  if (!weight || !bias || tensors.size !== 2 || bias.name !== `${prefix}bias`) {
    const names = [...tensors.keys()];
    throw new FormatError(
      `${where}: expected a linear head, which is weight and bias and nothing else, got ${names.length} tensors: ${shown(names)}`,
    );
  }
  const [labels, features] = weight.shape;
  const isLinear = weight.shape.length === 2 && labels !== 0 && features !== 0;
  if (!isLinear || bias.shape.length !== 1 || bias.shape[0] !== labels) {
    throw new FormatError(
      `${where}: expected weight [labels, features] and bias [labels], got [${weight.shape.join(', ')}] and [${bias.shape.join(', ')}]`,
    );
  }
  return { weight, bias };
}

/** The labels of a head as they stand in the metadata of its file. */
export function headMetadata(labels: readonly string[]): Record<string, string> {
  return { labels: JSON.stringify(labels) };
}

/** The labels in the metadata of a file, which `headMetadata` writes; undefined where there are none, or others than the head's. */
export function headLabels({ metadata }: Checkpoint, count: number): string[] | undefined {
  let labels: unknown;
  try {
    labels = JSON.parse(metadata.labels ?? '');
  } catch {
    return undefined;
  }
  if (!Array.isArray(labels) || labels.length !== count) return undefined;
  return labels.map(String);
}
