/** The weights among everything that a torch file may hold. */
import { FormatError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { STUDENT, TEACHER } from '../teacher-student.ts';
import { unreadableTensor } from '../unreadable-tensor.ts';
import { containerAt, containerPaths, entriesOf } from './containers.ts';
import { type FlatTensors, flattenTensors, MAX_DEPTH, tooDeep } from './flatten-tensors.ts';
import { describeValue, type PickleDict, PickleObject, type PickleValue } from './pickle/values.ts';
import { dictsOf, dictsWithTensors, isTensor } from './tensor-dicts.ts';
import type { TorchContents } from './torch-contents.ts';

/** The weights of a file. */
export interface StateDict extends FlatTensors {
  /** the way to them: `teacher`, `model.teacher`, or empty for the whole file */
  readonly container: string;
  /** every container of tensors in the file, by the way to it */
  readonly containers: readonly string[];
}

/**
 * Containers in the order in which they are preferred. Of a training run of DINOv2, the teacher is the model that is used;
 * of timm's, the moving average.
 *
 * Source: timm 1.0.31, `load_state_dict` in `models/_helpers.py`, for what stands before the last two.
 */
const PREFERRED = [
  TEACHER,
  'state_dict_ema',
  'model_ema',
  'model',
  'state_dict',
  'model_state_dict',
  STUDENT,
] as const;

/** What training runs keep beside the weights; the weights are never in it. */
const BESIDE = /optim|sched|scaler|loss|rng|callback|loops|args|hyper|config/i;

/** Entries that a message lists. */
const LISTED = 10;

/**
 * Finds the weights in what was saved.
 *
 * As long as there is a container with tensors under one of `teacher`, `state_dict_ema`, `model_ema`, `model`,
 * `state_dict`, `model_state_dict`, `student` (the first of these), or one container with tensors and no tensors beside
 * it, that one is taken. What is left is flattened. A container is a dict, an object whose class is derived from `dict`, or a whole module.
 *
 * @param weightsKey the way to the container to begin with, keys joined by dots
 * @throws FormatError if there are no tensors, no container of that name, or containers that contain themselves
 */
export function findStateDict(
  { value: saved, passedOver }: Pick<TorchContents, 'value' | 'passedOver'>,
  where: string,
  weightsKey?: string,
): StateDict {
  const holding = dictsWithTensors(saved);
  if (!(saved instanceof PickleObject) || dictsOf(saved).length === 0) {
    throw new FormatError(
      `${where}: expected a dict of tensors, got ${describeValue(saved)}; save model.state_dict() in Python`,
    );
  }
  const containers = containerPaths(saved, holding);
  const path = weightsKey === undefined ? [] : [weightsKey];
  let value = saved;
  if (weightsKey !== undefined) value = requireContainer(saved, weightsKey, containers, holding, where);
  for (let inner = innerContainer(value, holding); inner; inner = innerContainer(value, holding)) {
    path.push(inner.key);
    value = inner.value;
    if (path.length > MAX_DEPTH) throw tooDeep(where, path.join('.'));
  }
  const flat = flattenTensors(value, holding, where);
  if (flat.tensors.size === 0) {
    const [first] = flat.unreadable;
    if (first !== undefined) throw unreadableTensor(where, ...first);
    const keys = [...(entriesOf(saved)?.keys() ?? [])].slice(0, LISTED).map(describeValue).join(', ');
    const classes = [...passedOver.keys()].slice(0, LISTED).join(', ');
    throw new FormatError(
      `${where}: expected a dict of tensors, got one without any; its keys: ${keys || 'none'}${classes === '' ? '' : `; passed over were objects of ${classes}`}`,
    );
  }
  return { ...flat, container: path.join('.'), containers };
}

function requireContainer(
  saved: PickleObject,
  key: string,
  containers: readonly string[],
  holding: ReadonlySet<PickleDict>,
  where: string,
): PickleObject {
  const found = containerAt(saved, key);
  if (found instanceof PickleObject && dictsOf(found).some((dict) => holding.has(dict))) return found;
  throw new FormatError(
    `${where}: expected tensors under the weights key ${shown(key)}, got ${found === undefined ? 'no such entry' : 'something else'}; there are ${containers.slice(0, LISTED).join(', ') || 'no containers'}`,
  );
}

interface Container {
  key: string;
  value: PickleObject;
}

function innerContainer(value: PickleValue, holding: ReadonlySet<PickleDict>): Container | undefined {
  const containers: Container[] = [];
  let hasTensors = false;
  for (const [key, inner] of entriesOf(value) ?? []) {
    if (isTensor(inner)) hasTensors = true;
    else if (typeof key === 'string' && inner instanceof PickleObject) {
      if (dictsOf(inner).some((dict) => holding.has(dict))) containers.push({ key, value: inner });
    }
  }
  for (const preferred of PREFERRED) {
    const found = containers.find(({ key }) => key === preferred);
    if (found !== undefined) return found;
  }
  const [only, ...others] = containers.filter(({ key }) => !BESIDE.test(key));
  return others.length === 0 && !hasTensors ? only : undefined;
}
