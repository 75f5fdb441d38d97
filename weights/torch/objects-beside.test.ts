/** Objects of any class beside the weights: none is built, and the weights are read. */
import { memorySource } from '../../sources/byte-source.ts';
import {
  call,
  dict,
  global,
  integer,
  littleEndian,
  type Pickle,
  storage,
  tensor,
  text,
  tuple,
} from '../testing/pickle-assembler.ts';
import { readTorch } from '../testing/read-torch.ts';
import { FOUR, torchZip } from '../testing/torch-file.ts';
import { openTorch } from './open-torch.ts';
import { OPCODES as OP } from './pickle/opcodes.ts';

const encoder = new TextEncoder();
const object = (module: string, name: string): Pickle => [global(module, name), OP.EMPTY_TUPLE, OP.NEWOBJ];
const arguments4 = tuple(storage(), integer(0), tuple(integer(4)), tuple(integer(1)));
const fromType = (type: Pickle): Pickle =>
  call(
    global('torch._tensor', '_rebuild_from_type_v2'),
    global('torch._utils', '_rebuild_tensor_v2'),
    type,
    arguments4,
    dict({}),
  );

test.each([
  ['torch', 'Tensor'],
  ['torch.nn.parameter', 'Parameter'],
])('a %s.%s with attributes is the tensor', async (module, name) => {
  const read = await readTorch(torchZip(dict({ a: fromType(global(module, name)) })));
  expect([...read]).toEqual([['a', FOUR[0]]]);
});

test.each<[string, Pickle]>([
  ...[
    'argparse.Namespace',
    'builtins.set',
    '__builtin__.set',
    'numpy.dtype',
    'pathlib.PosixPath',
    'torch.device',
    '_codecs.encode',
    'numpy.core.multiarray.scalar',
    'numpy._core.multiarray._reconstruct',
    'collections.defaultdict',
  ].map((name): [string, Pickle] => {
    const dot = name.lastIndexOf('.');
    return [name, call(global(name.slice(0, dot), name.slice(dot + 1)), text('x'))];
  }),
  ['a set', [OP.EMPTY_SET, OP.MARK, text('x'), OP.ADDITEMS]],
  ['a frozen set', [OP.MARK, text('x'), text('y'), OP.FROZENSET]],
  ['bytes', [OP.BINBYTES, littleEndian(300, 4), Array(300).fill(1)]],
  ['text of Python 2', [OP.BINSTRING, littleEndian(300, 4), Array(300).fill(0x61)]],
  ['items of an object', [call(global('builtins', 'dict')), text('x'), [OP.NONE], OP.SETITEM]],
  ['a deque', [call(global('collections', 'deque')), OP.MARK, integer(1), integer(2), OP.APPENDS]],
  ["an item of a list of one's own", [object('models', 'Steps'), [OP.NONE], OP.APPEND]],
  ["a set of one's own", [object('models', 'Names'), OP.MARK, text('x'), OP.ADDITEMS]],
  ['an object with keywords', [global('models', 'Net'), tuple(), dict({ x: integer(1) }), OP.NEWOBJ_EX]],
  ['an object of Python 2', [OP.MARK, global('models', 'Net'), text('x'), OP.OBJ]],
  [
    'an object of Python 2, named at once',
    [OP.MARK, text('x'), OP.INST, [...encoder.encode('models\nNet\n')]],
  ],
  [
    'an object of a class in another',
    [call(global('builtins', 'getattr'), global('a', 'B'), text('C')), tuple(), OP.NEWOBJ],
  ],
  [
    'a call of what a function gives',
    call(call(global('functools', 'partial'), global('os', 'system')), text('id')),
  ],
  ['a class that is not called', global('typing', 'Any')],
  ['extensions', [[OP.EXT1, 1], [OP.EXT2, 1, 0], OP.POP, OP.EMPTY_TUPLE, OP.NEWOBJ]],
  ['the last of three extensions', [OP.EXT4, 1, 0, 0, 0]],
  [
    'a value that is dropped',
    [integer(1), OP.DUP, OP.POP, OP.MARK, integer(2), OP.POP_MARK, OP.MARK, OP.POP],
  ],
  ["a tensor of a class of one's own", fromType(global('models', 'Quantized'))],
  [
    'a tensor of a dtype of another time',
    call(
      global('torch._utils', '_rebuild_tensor_v3'),
      storage(),
      integer(0),
      tuple(),
      tuple(),
      [OP.NEWFALSE],
      [OP.NONE],
      global('torch', 'float3'),
    ),
  ],
  [
    "a tensor of a storage of one's own",
    call(global('torch._utils', '_rebuild_tensor_v2'), object('models', 'Storage')),
  ],
  ['an ordered dict of an object', call(global('collections', 'OrderedDict'), object('models', 'Pairs'))],
  [
    'an ordered dict of Python 2 whose keys are numbers',
    call(global('collections', 'OrderedDict'), [OP.EMPTY_LIST, tuple(integer(1), text('x')), OP.APPEND]),
  ],
  ['attributes of an object', [call(global('argparse', 'Namespace')), dict({}), OP.BUILD]],
])('what stands beside the weights is passed over: %s', async (_, value) => {
  expect([...(await readTorch(torchZip(dict({ rest: value, a: tensor() })))).keys()]).toEqual(['a']);
});

test('an object of a class derived from dict has all items that it was given, however often', async () => {
  const weights = [
    object('models', 'Weights'),
    text('a'),
    tensor(),
    OP.SETITEM,
    text('b'),
    tensor(),
    OP.SETITEM,
  ];
  expect([...(await readTorch(torchZip(weights))).keys()]).toEqual(['a', 'b']);
});

test('what was passed over is counted by its class', async () => {
  const saved = dict({
    model: dict({ a: tensor() }),
    config: [object('omegaconf', 'DictConfig'), dict({ type: global('typing', 'Any') }), OP.BUILD],
    rest: tuple(object('models', 'Net'), object('models', 'Net')),
  });
  const checkpoint = await openTorch(memorySource(torchZip(saved)), 'x.pth');
  expect(checkpoint.passedOver).toEqual(
    new Map([
      ['omegaconf.DictConfig', 1],
      ['models.Net', 2],
    ]),
  );
});

test('what stands among the weights and is no tensor is named', async () => {
  const saved = dict({
    a: tensor(),
    b: call(global('numpy', 'scalar')),
    c: fromType(global('models', 'Int8')),
  });
  const checkpoint = await openTorch(memorySource(torchZip(saved)), 'x.pth');
  expect([...checkpoint.tensors.keys()]).toEqual(['a']);
  expect(checkpoint.unreadable).toEqual(
    new Map([
      ['b', 'an object of numpy.scalar'],
      ['c', 'a tensor of models.Int8'],
    ]),
  );
});
