import { memorySource } from '../../sources/byte-source.ts';
import { openSharded } from '../open-sharded.ts';
import { safetensorsParts } from '../write/encode-safetensors.ts';
import { openSafetensors } from './open-safetensors.ts';

function file(header: unknown, values = new Uint8Array()): Uint8Array {
  const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
  const bytes = new Uint8Array(8 + text.length + values.length);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(text.length), true);
  bytes.set(text, 8);
  bytes.set(values, 8 + text.length);
  return bytes;
}

function open(bytes: Uint8Array) {
  return openSafetensors(memorySource(bytes), 'model.safetensors');
}

const four = { dtype: 'F32', shape: [1], data_offsets: [0, 4] };

test('reads tensor by tensor', async () => {
  const bytes = Uint8Array.from([1, 2, 3, 4, 5, 6]);
  const checkpoint = await open(
    file(
      {
        __metadata__: { format: 'pt' },
        a: { dtype: 'I16', shape: [2], data_offsets: [2, 6] },
        b: { dtype: 'U8', shape: [2, 1], data_offsets: [0, 2] },
      },
      bytes,
    ),
  );
  expect(checkpoint.metadata).toEqual({ format: 'pt' });
  expect(checkpoint.tensors.get('b')).toMatchObject({ dtype: 'U8', shape: [2, 1], byteLength: 2 });
  expect(await checkpoint.read('a')).toEqual(Uint8Array.from([3, 4, 5, 6]));
});

test('what is written is read back', async () => {
  const parts = safetensorsParts(
    [{ name: 'x', dtype: 'U8', shape: [3], bytes: Uint8Array.from([7, 8, 9]) }],
    { a: 'b' },
  );
  const checkpoint = await open(Uint8Array.from(parts.flatMap((part) => [...part])));
  expect(await checkpoint.read('x')).toEqual(Uint8Array.from([7, 8, 9]));
  expect(checkpoint.metadata).toEqual({ a: 'b' });
});

const long = new Uint8Array(8);
new DataView(long.buffer).setBigUint64(0, 2n ** 63n, true);

const zeros = (length: number) => new Uint8Array(length);

test.each<[string, Uint8Array, RegExp]>([
  ['an empty file', zeros(0), /expected a safetensors file, got 0 bytes/],
  ['a header of 2^63 bytes', long, /at most 100000000 bytes/],
  ['a header longer than the file', file('{}').slice(0, 9), /truncated/],
  ['no JSON', file('hello'), /expected a JSON header/],
  ['JSON that is no object', file('[1]'), /JSON object/],
  ['broken UTF-8', file({}).map((byte, i) => (i === 8 ? 0xff : byte)), /expected a JSON header/],
  [
    'tensors of unknown dtypes alone',
    file({ a: { ...four, dtype: 'F8_E4M3' } }, zeros(4)),
    /"a": expected a plain tensor of a dtype among .* got F8_E4M3/,
  ],
  [
    'what is no name of a dtype',
    file({ a: { ...four, dtype: 'float 8' } }, zeros(4)),
    /a: expected the name of a dtype/,
  ],
  [
    'a dtype that is a number',
    file({ a: { ...four, dtype: 8 } }, zeros(4)),
    /a: expected the name of a dtype, got 8/,
  ],
  [
    'an overlap with a tensor of an unknown dtype',
    file({ a: four, b: { ...four, dtype: 'F4' } }, zeros(4)),
    /overlaps/,
  ],
  ['a negative dimension', file({ a: { ...four, shape: [-1] } }, zeros(4)), /a: expected a shape/],
  ['a fraction as dimension', file({ a: { ...four, shape: [1.5] } }, zeros(4)), /a: expected a shape/],
  ['too many axes', file({ a: { ...four, shape: Array(99).fill(1) } }, zeros(4)), /a: expected a shape/],
  [
    'a product that overflows',
    file({ a: { ...four, shape: [2 ** 40, 2 ** 40] } }, zeros(4)),
    /a: expected 4 bytes/,
  ],
  [
    'offsets beyond the file',
    file({ a: { ...four, data_offsets: [0, 8], shape: [2] } }, zeros(4)),
    /within the 4 bytes/,
  ],
  [
    'offsets in the wrong order',
    file({ a: { ...four, data_offsets: [4, 0] } }, zeros(4)),
    /data_offsets in order/,
  ],
  [
    'offsets that are no numbers',
    file({ a: { ...four, data_offsets: ['0', 4] } }, zeros(4)),
    /two data_offsets/,
  ],
  [
    'a size that contradicts the shape',
    file({ a: { ...four, shape: [2] } }, zeros(4)),
    /expected 4 bytes .* got 8/,
  ],
  ['overlapping tensors', file({ a: four, b: four }, zeros(4)), /overlaps/],
  ['a hole', file({ a: { ...four, data_offsets: [4, 8] } }, zeros(8)), /leaves a hole/],
  ['bytes after the last tensor', file({ a: four }, zeros(9)), /expected the file to end/],
  [
    'a name twice',
    file(
      '{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}',
      zeros(1),
    ),
    /each tensor name once/,
  ],
  ['metadata that is no text', file({ __metadata__: { a: 1 } }), /__metadata__\.a to be a string/],
  ['an entry that is no object', file({ a: 3 }), /a: expected an object/],
  [
    '__proto__ as a name',
    file('{"__proto__":{"dtype":"U8","shape":[9],"data_offsets":[0,1]}}', zeros(1)),
    /expected 1 bytes/,
  ],
])('refuses %s', async (_, bytes, message) => {
  await expect(open(bytes)).rejects.toThrow(message);
});

test('metadata may be null', async () => {
  expect((await open(file({ __metadata__: null, a: four }, zeros(4)))).metadata).toEqual({});
});

test('tensors of unknown dtypes may stand beside others', async () => {
  const scale = { dtype: 'F8_E4M3', shape: [1, 4], data_offsets: [4, 8] };
  const checkpoint = await open(file({ a: four, scale }, zeros(8)));
  expect([...checkpoint.tensors.keys()]).toEqual(['a']);
  expect(checkpoint.unreadable).toEqual(new Map([['scale', 'F8_E4M3']]));
});

describe('shards', () => {
  const shard = file({ a: four }, zeros(4));
  const index = (map: unknown) => JSON.stringify({ metadata: {}, weight_map: map });
  const shards = async (name: string) => (name === 'x.safetensors' ? memorySource(shard) : undefined);

  test('are joined by their index', async () => {
    const joined = await openSharded(index({ a: 'x.safetensors' }), 'index.json', shards);
    expect([...joined.tensors.keys()]).toEqual(['a']);
    expect(await joined.read('a')).toEqual(zeros(4));
  });

  test('may have tensors of unknown dtypes', async () => {
    const other = file({ a: four, b: { dtype: 'C64', shape: [1], data_offsets: [4, 12] } }, zeros(12));
    const joined = await openSharded(
      index({ a: 'y.safetensors', b: 'y.safetensors' }),
      'index.json',
      async () => memorySource(other),
    );
    expect([...joined.tensors.keys()]).toEqual(['a']);
    expect(joined.unreadable).toEqual(new Map([['b', 'C64']]));
  });

  test.each([
    [
      'a path out of the folder',
      { a: '../x.safetensors' },
      /expected the name of a .safetensors or .bin file/,
    ],
    ['a shard that is missing', { a: 'y.safetensors' }, /expected the shard y.safetensors/],
    [
      'a tensor that is not in its shard',
      { a: 'x.safetensors', b: 'x.safetensors' },
      /b: expected it in x.safetensors/,
    ],
    ['no map', undefined, /expected a weight_map/],
  ])('refuses %s', async (_, map, message) => {
    await expect(openSharded(index(map), 'index.json', shards)).rejects.toThrow(message);
  });
});
