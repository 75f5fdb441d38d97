/** The globals that tensors and their containers are made of. Objects of all others are passed over. */
import {
  describeValue,
  type PickleCall,
  PickleDict,
  PickleGlobal,
  PickleList,
  PickleOpaque,
  PickleTuple,
  UnknownGlobal,
} from './pickle/values.ts';
import { rebuildTensor, rebuildTypedTensor } from './rebuild-tensor.ts';
import { STORAGE_CLASSES, TORCH_DTYPES, type TorchDtype } from './torch-dtypes.ts';
import { DtypeGlobal, StorageClass, TorchTensor, UnreadableTensor } from './torch-values.ts';

/** Classes whose tensors are plain ones with attributes; what values mean in a class of one's own, only that class knows. */
const PLAIN_TENSORS: readonly string[] = [
  'torch.Tensor',
  'torch.nn.parameter.Buffer',
  'torch.nn.parameter.Parameter',
];

/** Tensors whose values don't stand in the file one by one. */
const UNREADABLE = {
  _rebuild_meta_tensor_no_storage: 'a tensor without values',
  _rebuild_nested_tensor: 'a nested tensor',
  _rebuild_qtensor: 'a quantized tensor',
  _rebuild_sparse_tensor: 'a sparse tensor',
} as const;

/** What stands in the place of the first argument: the tensor that a wrapper is made from. */
const takeFirst: PickleCall = ([tensor], fail) => {
  if (tensor instanceof TorchTensor || tensor instanceof UnreadableTensor) return tensor;
  if (tensor instanceof PickleOpaque) return new UnreadableTensor(`a parameter of ${tensor.type}`);
  return fail('a tensor to be wrapped', describeValue(tensor));
};

/** `_rebuild_from_type_v2(function, type, arguments, state)`: a tensor with attributes. */
const rebuildFromType: PickleCall = ([rebuild, type, args], fail) => {
  const strange = [rebuild, type].find((global) => global instanceof UnknownGlobal);
  if (strange instanceof UnknownGlobal && !PLAIN_TENSORS.includes(strange.name)) {
    return new UnreadableTensor(`a tensor of ${strange.name}`);
  }
  if (!(rebuild instanceof PickleGlobal) || rebuild.kind !== 'function' || rebuild.call === undefined) {
    return fail('a function that rebuilds a tensor', describeValue(rebuild));
  }
  if (!(args instanceof PickleTuple)) return fail('its arguments', describeValue(args));
  // one that calls itself could do so without end
  if (rebuild.call === rebuildFromType) return fail('a function that rebuilds a tensor', rebuild.described);
  return rebuild.call(args.items, fail);
};

/** Lists that became dicts: to copy one over and over would take forever, and no file of torch asks for it. */
const USED = new WeakSet<PickleList>();

/** `OrderedDict()`, or as Python 2 wrote it, of a list of pairs. */
const orderedDict: PickleCall = ([pairs], fail) => {
  const dict = new PickleDict();
  if (pairs === undefined) return dict;
  if (pairs instanceof PickleOpaque) return pairs;
  if (!(pairs instanceof PickleList)) return fail('pairs of keys and values', describeValue(pairs));
  if (USED.has(pairs)) return fail('pairs of one dict', 'a list that became a dict before');
  USED.add(pairs);
  for (const pair of pairs.items) {
    const items = pair instanceof PickleList || pair instanceof PickleTuple ? pair.items : [];
    if (items.length !== 2) fail('a key and a value', describeValue(pair));
    else dict.setItems(items, fail);
  }
  return dict;
};

/** `Counter(dict)` and `defaultdict(factory)`. */
const likeDict: PickleCall = ([first]) => (first instanceof PickleDict ? first : new PickleDict());

/** `torch.Size((2, 3))`. */
const size: PickleCall = ([items], fail) =>
  items instanceof PickleTuple || items instanceof PickleOpaque
    ? items
    : fail('a tuple of sizes', describeValue(items));

function makeGlobals(): ReadonlyMap<string, PickleGlobal> {
  const globals = new Map<string, PickleGlobal>();
  const add = (global: PickleGlobal): unknown => globals.set(global.name, global);
  const named = (name: string, kind: 'class' | 'function' | 'constant', call?: PickleCall): unknown =>
    add(new PickleGlobal(name, kind, call));

  for (const dtype of TORCH_DTYPES.values()) add(new DtypeGlobal(dtype));
  for (const [name, dtype] of STORAGE_CLASSES) add(new StorageClass(`torch.${name}`, dtypeNamed(dtype)));
  add(new StorageClass('torch.storage.UntypedStorage', dtypeNamed('uint8')));

  named('torch._utils._rebuild_tensor', 'function', rebuildTensor);
  named('torch._utils._rebuild_tensor_v2', 'function', rebuildTensor);
  named('torch._utils._rebuild_tensor_v3', 'function', rebuildTypedTensor);
  named('torch._utils._rebuild_parameter', 'function', takeFirst);
  named('torch._utils._rebuild_parameter_with_state', 'function', takeFirst);
  named('torch._utils._rebuild_device_tensor_from_cpu_tensor', 'function', takeFirst);
  named('torch._tensor._rebuild_from_type_v2', 'function', rebuildFromType);
  named('torch.nn.parameter.Parameter', 'class', takeFirst);
  for (const [name, what] of Object.entries(UNREADABLE)) {
    named(`torch._utils.${name}`, 'function', () => new UnreadableTensor(what));
  }

  named('torch.Size', 'class', size);
  named('collections.OrderedDict', 'class', orderedDict);
  named('collections.Counter', 'class', likeDict);
  named('collections.defaultdict', 'class', likeDict);
  return globals;
}

function dtypeNamed(name: string): TorchDtype {
  const dtype = TORCH_DTYPES.get(name);
  if (dtype === undefined) throw new RangeError(`torch.${name}: expected it in the table of dtypes`);
  return dtype;
}

const GLOBALS = makeGlobals();

/** The global of that module and name; undefined if it isn't on the list. */
export function findTorchGlobal(name: string): PickleGlobal | undefined {
  // Python 2's name of the module
  return GLOBALS.get(name.replace(/^__builtin__\./, 'builtins.'));
}
