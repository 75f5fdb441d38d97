/** Pickles that were made to harm, each refused with a message of its own. */
import { FormatError } from '../../errors/errors.ts';
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
import { torchEntries, torchZip } from '../testing/torch-file.ts';
import { zipOf } from '../testing/zip-builder.ts';
import { OPCODES as OP } from './pickle/opcodes.ts';

const long = 'x'.repeat(2000);
/** dicts that hold the value at memo 0 twice, each of them put there in its turn, beside the last of them */
const doubled = [
  [OP.EMPTY_DICT, text('rest'), OP.MARK],
  [dict({ a: tensor() }), OP.BINPUT, 0, Array.from({ length: 24 }, () => twice())],
  [OP.TUPLE, OP.SETITEM, text('net'), OP.BINGET, 0, OP.SETITEM],
];

/** 40 dicts in one another, each beside a tensor */
const nested = Array.from({ length: 40 }).reduce<Pickle>(
  (inner) => dict({ a: tensor(), inner }),
  dict({ a: tensor() }),
);

function twice(): Pickle {
  const item = (name: string) => [text(name), OP.BINGET, 0];
  return [OP.EMPTY_DICT, OP.MARK, item('a'), item('b'), OP.SETITEMS, OP.BINPUT, 0];
}

test.each<[string, Pickle, RegExp]>([
  [
    'os.system',
    call(global('os', 'system'), text('id')),
    /a dict of tensors, got an object of os\.system; save model\.state_dict\(\)/,
  ],
  ['posix.system', call(global('posix', 'system'), text('id')), /got an object of posix\.system/],
  ['builtins.eval', call(global('builtins', 'eval'), text('1')), /got an object of builtins\.eval/],
  ['eval of Python 2', call(global('__builtin__', 'eval'), text('1')), /got an object of __builtin__\.eval/],
  ['getattr', global('builtins', 'getattr'), /got the global builtins\.getattr/],
  [
    'a global by stack',
    [text('os'), text('system'), OP.STACK_GLOBAL],
    /a dict of tensors, got the global os\.system/,
  ],
  [
    'a global whose name is no text',
    [integer(1), text('x'), OP.STACK_GLOBAL],
    /the name of a global, got 1 and/,
  ],
  ['a dotted way around the list', global('torch', 'hub.os.system'), /the global torch\.hub\.os\.system/],
  ['a property of all objects', global('constructor', 'constructor'), /the global constructor\.constructor/],
  ['__proto__ as a global', global('__proto__', 'x'), /the global __proto__\.x/],
  ['a class of the user', [global('models', 'Net'), OP.EMPTY_TUPLE, OP.NEWOBJ], /an object of models\.Net/],
  [
    'such an object as a weight',
    dict({ a: call(global('os', 'system')) }),
    /without any; its keys: "a"; passed over were objects of os\.system/,
  ],
  [
    'a parameter of such an object',
    dict({ a: call(global('torch._utils', '_rebuild_parameter'), call(global('os', 'system'))) }),
    /"a": expected a plain tensor .* got a parameter of os\.system/,
  ],
  ['a global with a name without end', global('a', long), /a name of at most 1024 bytes/],
  [
    'a call of what is no function',
    [dict({}), OP.EMPTY_TUPLE, OP.REDUCE],
    /a function or a class, got a dict/,
  ],
  [
    'a call of a constant',
    call(global('torch', 'float32')),
    /a function or a class, got the global torch\.float32/,
  ],
  [
    'arguments that are no tuple',
    [global('collections', 'OrderedDict'), OP.EMPTY_LIST, OP.REDUCE],
    /arguments in a tuple, got a list/,
  ],
  [
    'a function made as a class',
    [global('torch._utils', '_rebuild_parameter'), OP.EMPTY_TUPLE, OP.NEWOBJ],
    /a class, got the global torch\._utils\._rebuild_parameter/,
  ],
  [
    'a rebuilder of itself',
    call(
      global('torch._tensor', '_rebuild_from_type_v2'),
      global('torch._tensor', '_rebuild_from_type_v2'),
      [OP.NONE],
      [OP.EMPTY_TUPLE],
    ),
    /a function that rebuilds a tensor/,
  ],
  ['state for a tensor', [tensor(), dict({}), OP.BUILD], /may have attributes, got a tensor/],
  [
    'state for a global',
    [global('torch', 'Size'), dict({}), OP.BUILD],
    /may have attributes, got the global torch\.Size/,
  ],
  ['an object of no class', [OP.MARK, OP.OBJ], /a class, got undefined/],
  [
    'an object without a mark',
    [OP.INST, [...new TextEncoder().encode('a\nB\n')]],
    /a mark on the stack, got none/,
  ],
  ['an object of a dict', [OP.MARK, dict({}), OP.OBJ], /a class, got a dict/],
  ['keywords of nothing', [OP.NEWOBJ_EX], /values on the stack: 3, got 0/],
  ['a value dropped from an empty stack', [OP.POP], /values on the stack: 1, got 0/],
  ['a text form of protocol 0', [0x49], /an opcode of a checkpoint, got INT \(0x49\)/],
  ['a text persistent id', [0x50], /got PERSID \(0x50\)/],
  ['an opcode that does not exist', [0xff], /got 0xff/],
  ['protocol 0', [OP.PROTO, 0], /protocol 2 to 5, got protocol 0/],
  ['protocol 9', [OP.PROTO, 9], /protocol 2 to 5, got protocol 9/],
  ['a memo that was not put', [OP.BINGET, 7], /the value 7 in the memo, got none yet/],
  ['a value from an empty stack', [OP.TUPLE2], /values on the stack: 2, got 0/],
  ['a value from below a mark', [OP.NONE, OP.MARK, OP.TUPLE1], /values on the stack: 1, got 0/],
  ['a tuple without a mark', [OP.TUPLE], /a mark on the stack, got none/],
  ['nothing at the end', [], /values on the stack: 1, got 0/],
  ['a mark at the end', [OP.MARK, OP.NONE], /one value at the end, got 1 more/],
  [
    'a key that is a dict',
    [OP.EMPTY_DICT, OP.EMPTY_DICT, OP.NONE, OP.SETITEM],
    /a key that can be hashed, got a dict/,
  ],
  ['items of a set that is a list', [OP.EMPTY_LIST, OP.MARK, OP.NONE, OP.ADDITEMS], /a set, got a list/],
  [
    'a long global by stack',
    [text(long), text('x'), OP.STACK_GLOBAL],
    /the name of a global of at most 1024 characters, got a longer one/,
  ],
  ['dicts in dicts', nested, /at most 32 dicts in one another/],
  ['two values at the end', [OP.NONE, OP.NONE], /one value at the end, got 1 more/],
  [
    'a key that is a list',
    [OP.EMPTY_DICT, OP.EMPTY_LIST, OP.NONE, OP.SETITEM],
    /a key that can be hashed, got a list/,
  ],
  ['a key without a value', [OP.EMPTY_DICT, OP.MARK, OP.NONE, OP.SETITEMS], /pairs of keys and values/],
  ['items of a tuple', [OP.EMPTY_TUPLE, OP.NONE, OP.APPEND], /a list, got a tuple/],
  ['items of a number', [OP.NONE, OP.NONE, OP.NONE, OP.SETITEM], /a dict, got None/],
  ['text that is no UTF-8', [OP.SHORT_BINUNICODE, 1, 0xff], /text in UTF-8/],
  ['text of 4 GB', [OP.BINUNICODE, littleEndian(0xffffffff, 4)], /expected 4294967295 bytes at byte/],
  ['text of 2^64 bytes', [OP.BINUNICODE8, littleEndian(2n ** 64n - 1n, 8)], /expected Infinity bytes/],
  ['bytes of 2^63', [OP.BINBYTES8, littleEndian(2n ** 63n, 8)], /expected Infinity bytes/],
  [
    'an integer of 2 GB',
    [OP.LONG4, littleEndian(2 ** 31, 4)],
    /an integer of at most 32 bytes, got one of 2147483648/,
  ],
  [
    'a dict that contains itself',
    [OP.EMPTY_DICT, OP.BINPUT, 0, text('a'), tensor(), OP.SETITEM, text('b'), OP.BINGET, 0, OP.SETITEM],
    /got a dict that contains itself/,
  ],
  [
    'a model in a model without end',
    [OP.EMPTY_DICT, OP.BINPUT, 0, text('a'), tensor(), OP.SETITEM, text('model'), OP.BINGET, 0, OP.SETITEM],
    /at most 32 dicts in one another/,
  ],
  ['a dict of dicts that doubles', doubled, /at most 100000 tensors, got more/],
  ['a name without end', dict({ [long]: tensor() }), /names of at most 1024 characters/],
  ['a name twice', dict({ 'a.b': tensor(), a: dict({ b: tensor() }) }), /each name once, got "a\.b" twice/],
  ['no dict', [OP.EMPTY_LIST], /a dict of tensors, got a list; save model\.state_dict\(\)/],
  ['no tensors', dict({ epoch: integer(1) }), /got one without any; its keys: "epoch"/],
  ['a persistent id that is no tuple', [integer(1), OP.BINPERSID], /the id of a storage, got 1/],
  [
    'a persistent id of a module',
    [tuple(text('module')), OP.BINPERSID],
    /an id that begins with 'storage', got "module"/,
  ],
  [
    'a storage of no known class',
    [tuple(text('storage'), global('torch', 'Size'), text('0'), text('cpu'), integer(4)), OP.BINPERSID],
    /a class of storages, got the global torch\.Size/,
  ],
  [
    'a storage that is not there',
    dict({ a: tensor({ key: '9' }) }),
    /an entry data\/"9" for a storage, got none/,
  ],
  ['a storage by a path', dict({ a: tensor({ key: '../version' }) }), /an entry data\/"\.\.\/version"/],
  [
    'a storage longer than its entry',
    dict({ a: tensor({ count: 5 }) }),
    /20 bytes of storage in archive\/data\/0, got 16/,
  ],
  [
    'a storage shorter than its entry',
    dict({ a: tensor({ count: 3 }) }),
    /12 bytes of storage in archive\/data\/0, got 16/,
  ],
  [
    'a storage of 2^62 elements',
    dict({ a: tensor({ count: 2n ** 62n }) }),
    /a number of elements, got 4611686018427387904/,
  ],
  ['a storage of -1 elements', dict({ a: tensor({ count: -1 }) }), /a number of elements, got -1/],
  ['a negative offset', dict({ a: tensor({ offset: -1 }) }), /an offset in a storage, got -1/],
  [
    'an offset beyond the storage',
    dict({ a: tensor({ offset: 1 }) }),
    /within the 16 bytes of its storage, got one that ends at byte 20/,
  ],
  [
    'a negative stride',
    dict({ a: tensor({ offset: 3, strides: [-2, -1] }) }),
    /strides of non-negative integers, got -2/,
  ],
  ['strides beyond the storage', dict({ a: tensor({ strides: [3, 1] }) }), /one that ends at byte 20/],
  [
    'strides that overflow',
    dict({ a: tensor({ shape: [2 ** 52], strides: [2 ** 52] }) }),
    /within the 16 bytes of its storage/,
  ],
  [
    'a stride of 2^63',
    dict({ a: tensor({ strides: [2n ** 62n, 1] }) }),
    /strides of non-negative integers, got 4611686018427387904/,
  ],
  ['a negative length', dict({ a: tensor({ shape: [-2, 2] }) }), /a shape of non-negative integers, got -2/],
  ['fewer strides than axes', dict({ a: tensor({ strides: [1] }) }), /strides of 2 axes, got 1/],
  [
    'too many axes',
    dict({ a: tensor({ shape: Array(17).fill(1), strides: Array(17).fill(1) }) }),
    /a shape of at most 16 axes, got 17/,
  ],
  [
    'a value repeated 2^40 times',
    dict({ a: tensor({ shape: [2 ** 40], strides: [0] }) }),
    /at most 67108864 bytes where values are repeated/,
  ],
  [
    'values repeated to infinity',
    dict({ a: tensor({ shape: Array(16).fill(2 ** 52), strides: Array(16).fill(0) }) }),
    /where values are repeated/,
  ],
  [
    'a tensor of no storage',
    call(global('torch._utils', '_rebuild_tensor_v2'), integer(1)),
    /the storage of a tensor, got 1/,
  ],
  [
    'a tensor of no dtype',
    call(global('torch._utils', '_rebuild_tensor_v3'), storage(), integer(0), tuple(), tuple()),
    /the dtype of a tensor/,
  ],
  [
    'a parameter of no tensor',
    call(global('torch._utils', '_rebuild_parameter'), text('x')),
    /a tensor to be wrapped, got "x"/,
  ],
  [
    'a list of pairs that becomes a dict twice',
    [
      call(global('collections', 'OrderedDict'), [OP.EMPTY_LIST, OP.BINPUT, 0]),
      call(global('collections', 'OrderedDict'), [OP.BINGET, 0]),
    ],
    /a list that became a dict before/,
  ],
  [
    'a key without end',
    dict({ a: tensor({ key: long }) }),
    /the key of a storage, got one of 2000 characters/,
  ],
  [
    'flags without end',
    call(
      global('torch._utils', '_rebuild_tensor_v2'),
      storage(),
      integer(0),
      tuple(),
      tuple(),
      [OP.NEWFALSE],
      [OP.NONE],
      dict(Object.fromEntries(Array.from('abcde', (name) => [name, integer(1)]))),
    ),
    /at most 4 flags of a tensor, got 5/,
  ],
])('a pickle is refused: %s', async (_, value, message) => {
  const opening = readTorch(torchZip(value));
  await expect(opening).rejects.toThrow(message);
  await expect(opening).rejects.toBeInstanceOf(FormatError);
});

test('what a pickle holds in millions is refused before memory runs out', async () => {
  const million = (opcode: number) => {
    const pickle = new Uint8Array(5_000_000).fill(opcode);
    pickle.set([OP.PROTO, 2, OP.NONE]);
    return zipOf(torchEntries(pickle));
  };
  await expect(readTorch(million(OP.EMPTY_LIST))).rejects.toThrow(/at most 1000000 values at once/);
  await expect(readTorch(million(OP.MARK))).rejects.toThrow(/at most 1000000 marks at once/);
  await expect(readTorch(million(OP.TUPLE1))).rejects.toThrow(/at most 2000000 operations/);
});

test('names of a file never become properties of an object', async () => {
  const names = ['__proto__', 'constructor', 'toString'];
  const entries = names.map((name) => [text(name), tensor()]);
  const read = await readTorch(torchZip([OP.EMPTY_DICT, OP.MARK, entries, OP.SETITEMS]));
  expect([...read.keys()]).toEqual(names);
  expect(({} as Record<string, unknown>).a).toBeUndefined();
});

test('classes in millions are refused before memory runs out', async () => {
  const classes = Array.from({ length: 10_001 }, (_, i) => [global('models', `Net${i}`), OP.POP]);
  await expect(readTorch(torchZip([classes, dict({ a: tensor() })]))).rejects.toThrow(
    /at most 10000 classes beside the weights, got more/,
  );
});

test('one dict in many objects is read once', async () => {
  const object = [global('models', 'Net'), OP.EMPTY_TUPLE, OP.NEWOBJ];
  const entries = Array.from({ length: 5000 }, (_, i) => [text(String(i)), [OP.NONE]]);
  const state = [OP.EMPTY_DICT, OP.BINPUT, 0, OP.MARK, entries, OP.SETITEMS];
  const part = (name: string) => [text(name), OP.BINGET, 0];
  const module = [
    OP.EMPTY_DICT,
    OP.MARK,
    part('_parameters'),
    part('_buffers'),
    part('_modules'),
    OP.SETITEMS,
  ];
  const objects = Array.from({ length: 5000 }, (_, i) => [text(String(i)), object, OP.BINGET, 1, OP.BUILD]);
  const beside = [state, OP.POP, module, OP.BINPUT, 1, OP.POP, OP.EMPTY_DICT, OP.MARK, objects, OP.SETITEMS];
  const read = await readTorch(torchZip(dict({ model: dict({ a: tensor() }), beside })));
  expect([...read.keys()]).toEqual(['a']);
});
