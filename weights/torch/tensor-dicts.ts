/** The dicts in which what was saved keeps its tensors. */
import { PickleDict, PickleOpaque, type PickleValue } from './pickle/values.ts';
import { TorchTensor, UnreadableTensor } from './torch-values.ts';

/** A tensor, whether or not it can be read. */
export type SavedTensor = TorchTensor | UnreadableTensor;

/** Whether a value is a tensor. */
export function isTensor(value: PickleValue | undefined): value is SavedTensor {
  return value instanceof TorchTensor || value instanceof UnreadableTensor;
}

/** What `torch.nn.Module` keeps its tensors and the modules in it in; its `state_dict` joins them under one prefix. */
const PARTS_OF_MODULE = ['_parameters', '_buffers', '_modules'] as const;

/**
 * The dicts of a value: itself, where it is one; the items of an object whose class is derived from `dict`; the parts of
 * a whole module. Of every other object there are none: only its class knows what the tensors in it are.
 */
export function dictsOf(value: PickleValue | undefined): readonly PickleDict[] {
  if (value instanceof PickleDict) return [value];
  if (!(value instanceof PickleOpaque)) return [];
  const { items, state } = value;
  const parts = state instanceof PickleDict ? PARTS_OF_MODULE.map((name) => state.entries.get(name)) : [];
  const dicts = parts.filter((part) => part instanceof PickleDict);
  return [...(items === undefined ? [] : [items]), ...(dicts.length === PARTS_OF_MODULE.length ? dicts : [])];
}

/**
 * The dicts that hold tensors, at any depth.
 *
 * Looks at every dict once, however often it is contained and in whatever circles.
 */
export function dictsWithTensors(root: PickleValue): ReadonlySet<PickleDict> {
  const containers = new Map<PickleDict, PickleDict[]>(dictsOf(root).map((dict) => [dict, []]));
  const holding = new Set<PickleDict>();
  for (const [dict] of containers) {
    for (const value of dict.entries.values()) {
      if (isTensor(value)) holding.add(dict);
      for (const inner of dictsOf(value)) {
        const around = containers.get(inner);
        if (around === undefined) containers.set(inner, [dict]);
        else around.push(dict);
      }
    }
  }
  // what is added while the set is walked is walked too
  for (const dict of holding) {
    for (const container of containers.get(dict) ?? []) holding.add(container);
  }
  return holding;
}
