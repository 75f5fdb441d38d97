/** Where there are tensors in nested containers. */
import { PickleDict, type PickleValue } from './pickle/values.ts';
import { TorchTensor, UnreadableTensor } from './torch-values.ts';

/** A tensor, whether or not it can be read. */
export type SavedTensor = TorchTensor | UnreadableTensor;

/** Whether a value is a tensor. */
export function isTensor(value: PickleValue): value is SavedTensor {
  return value instanceof TorchTensor || value instanceof UnreadableTensor;
}

/**
 * The dicts that hold tensors, at any depth.
 *
 * Looks at every dict once, however often it is contained and in whatever circles.
 */
export function dictsWithTensors(root: PickleDict): ReadonlySet<PickleDict> {
  const containers = new Map<PickleDict, PickleDict[]>([[root, []]]);
  const holding = new Set<PickleDict>();
  for (const [dict] of containers) {
    for (const value of dict.entries.values()) {
      if (isTensor(value)) holding.add(dict);
      if (!(value instanceof PickleDict)) continue;
      const around = containers.get(value);
      if (around === undefined) containers.set(value, [dict]);
      else around.push(dict);
    }
  }
  // what is added while the set is walked is walked too
  for (const dict of holding) {
    for (const container of containers.get(dict) ?? []) holding.add(container);
  }
  return holding;
}
