/** What torch, and those who rewrite its files, may write otherwise than most. */
import { memorySource } from '../../sources/byte-source.ts';
import {
  call,
  dict,
  global,
  integer,
  littleEndian,
  type Pickle,
  pickleOf,
  tensor,
  text,
  tuple,
} from '../testing/pickle-assembler.ts';
import { readTorch } from '../testing/read-torch.ts';
import { FOUR, torchEntries, torchLegacy, torchZip } from '../testing/torch-file.ts';
import { zipOf } from '../testing/zip-builder.ts';
import { openTorch } from './open-torch.ts';
import { OPCODES as OP } from './pickle/opcodes.ts';

const sound = dict({ a: tensor() });
const entries = torchEntries(pickleOf(sound));

test.each<[string, Uint8Array]>([
  ['without a byte order', zipOf(entries.filter(({ name }) => !name.endsWith('byteorder')))],
  [
    'with the version in a folder of its own',
    zipOf(
      entries.map((entry) =>
        entry.name.endsWith('version') ? { ...entry, name: 'archive/.data/version' } : entry,
      ),
    ),
  ],
  [
    'of version 10',
    zipOf(
      entries.map((entry) =>
        entry.name.endsWith('version') ? { ...entry, bytes: Uint8Array.of(0x31, 0x30) } : entry,
      ),
    ),
  ],
  [
    'with another field before the zip64 field',
    zipOf(entries.map((entry) => ({ ...entry, zip64: true, extra: [0x99, 0x99, 5, 0, 1, 0, 24, 0, 0] }))),
  ],
  ['with sizes behind the contents', zipOf(entries.map((entry) => ({ ...entry, localSize: 0 })))],
  ['with sizes in a zip64 field', zipOf(entries.map((entry) => ({ ...entry, localSize: 0xffffffff })))],
  [
    'legacy, with a pickle of over a megabyte',
    torchLegacy(dict({ a: tensor(), b: text('x'.repeat(2 ** 20)) })),
  ],
])('a file is read: %s', async (_, bytes) => {
  expect([...(await readTorch(bytes))]).toEqual([['a', FOUR[0]]]);
});

/** A storage whose id says which part of another it is. */
const view = (offset: number, count: number): Pickle => [
  tuple(
    text('storage'),
    global('torch', 'FloatStorage'),
    text('0'),
    text('cpu'),
    integer(4),
    tuple(text('part'), integer(offset), integer(count)),
  ),
  OP.BINPERSID,
];
const viewed = (offset: number, count: number): Pickle =>
  dict({
    a: call(
      global('torch._utils', '_rebuild_tensor'),
      view(offset, count),
      integer(1),
      tuple(integer(1)),
      tuple(integer(1)),
    ),
  });

test('a view of a storage begins where it says, in legacy files alone', async () => {
  const read = (await readTorch(torchLegacy(viewed(2, 2)))).get('a');
  expect(read).toEqual(new Uint8Array(Float32Array.of(4).buffer));
  await expect(readTorch(torchLegacy(viewed(2, 3)))).rejects.toThrow(/a view within the 16 bytes/);
  await expect(readTorch(torchLegacy(viewed(0, 1)))).rejects.toThrow(/within the 4 bytes of its storage/);
  await expect(readTorch(torchZip(viewed(2, 2)))).rejects.toThrow(/a view, as only legacy files have/);
});

test.each([
  ['torch.nn.parameter', 'Parameter'],
  ['torch._utils', '_rebuild_parameter'],
  ['torch._utils', '_rebuild_parameter_with_state'],
  ['torch._utils', '_rebuild_device_tensor_from_cpu_tensor'],
])('%s.%s is the tensor in it', async (module, name) => {
  const read = await readTorch(torchZip(dict({ a: call(global(module, name), tensor()) })));
  expect([...read]).toEqual([['a', FOUR[0]]]);
});

test('a tensor of untyped values has the dtype it was given', async () => {
  const typed = call(
    global('torch._utils', '_rebuild_tensor_v3'),
    [
      tuple(text('storage'), global('torch.storage', 'UntypedStorage'), text('0'), text('cpu'), integer(16)),
      OP.BINPERSID,
    ],
    integer(1),
    tuple(integer(3)),
    tuple(integer(1)),
    [OP.NEWFALSE],
    call(global('collections', 'OrderedDict')),
    global('torch', 'float32'),
  );
  const checkpoint = await openTorch(memorySource(torchZip(dict({ a: typed }))), 'x.pth');
  expect(checkpoint.tensors.get('a')).toMatchObject({ dtype: 'F32', shape: [3] });
  expect(await checkpoint.read('a')).toEqual(new Uint8Array(Float32Array.of(2, 3, 4).buffer));
});

const list = (...items: Pickle[]): Pickle => [OP.EMPTY_LIST, OP.MARK, items, OP.APPENDS];

test.each<[string, Pickle]>([
  ['Counter', call(global('collections', 'Counter'), sound)],
  ['OrderedDict of lists', call(global('collections', 'OrderedDict'), list(list(text('a'), tensor())))],
  ['OrderedDict of tuples', call(global('collections', 'OrderedDict'), list(tuple(text('a'), tensor())))],
])('a %s is a dict', async (_, value) => {
  expect([...(await readTorch(torchZip(value))).keys()]).toEqual(['a']);
});

test.each<[string, Pickle, string]>([
  ['None', [OP.NONE], 'None'],
  ['a negative integer', [OP.BININT, littleEndian(0xfffffffe, 4)], '-2'],
  ['a float', [OP.BINFLOAT, 0x3f, 0xf8, 0, 0, 0, 0, 0, 0], '1.5'],
  ['bytes that are no text', [OP.SHORT_BINSTRING, 1, 0xff], '1 bytes'],
  ['text with a byte order mark', text('\uFEFFa'), '\uFEFFa'],
])('a name that is %s', async (_, key, name) => {
  const read = await readTorch(torchZip([OP.EMPTY_DICT, key, tensor(), OP.SETITEM]));
  expect([...read.keys()]).toEqual([name]);
});

test('a dict in two dicts is found in both', async () => {
  const shared: Pickle = [sound, OP.BINPUT, 9];
  const read = await readTorch(
    torchZip(dict({ x: tensor(), left: dict({ in: shared }), right: dict({ in: [OP.BINGET, 9] }) })),
  );
  expect([...read.keys()]).toEqual(['x', 'left.in.a', 'right.in.a']);
});

test('what was read as a whole is not checked again for a part, and what failed is tried again', async () => {
  const state = dict({ a: tensor(), b: tensor({ shape: [1], strides: [1] }) });
  const bytes = memorySource(torchZip(state));
  const reads: number[] = [];
  let broken = false;
  const source = {
    ...bytes,
    read: async (offset: number, length: number) => {
      if (broken) throw new Error('offline');
      reads.push(length);
      return bytes.read(offset, length);
    },
  };
  const checkpoint = await openTorch(source, 'x.pth');
  broken = true;
  await expect(checkpoint.read('a')).rejects.toThrow('offline');
  broken = false;
  reads.length = 0;
  await checkpoint.read('a');
  await checkpoint.read('b');
  expect(reads).toEqual([44, 16, 4]);
});
