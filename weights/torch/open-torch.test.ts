import { memorySource } from '../../sources/byte-source.ts';
import { dict, type Pickle, pickleOf, tensor, text } from '../testing/pickle-assembler.ts';
import { FOUR, torchEntries, torchZip } from '../testing/torch-file.ts';
import { zipOf } from '../testing/zip-builder.ts';
import { openTorch } from './open-torch.ts';

/** A source that counts. */
function counting(bytes: Uint8Array) {
  const source = memorySource(bytes);
  const reads: [number, number][] = [];
  let closed = 0;
  return {
    reads,
    closed: () => closed,
    source: {
      size: source.size,
      read: (offset: number, length: number) => {
        reads.push([offset, length]);
        return source.read(offset, length);
      },
      close: async () => {
        closed++;
      },
    },
  };
}

test('values are read when they are asked for, in one range', async () => {
  const large = { 0: new Uint8Array(1_000_000).fill(1) };
  const { reads, source } = counting(
    torchZip(dict({ a: tensor({ count: 250_000, shape: [250_000], strides: [1] }) }), large),
  );
  const checkpoint = await openTorch(source, 'x.pth');
  expect(Math.max(...reads.slice(1).map(([, length]) => length))).toBeLessThan(100_000);
  reads.length = 0;
  expect(await checkpoint.read('a')).toEqual(large[0]);
  expect(reads.map(([, length]) => length)).toEqual([44, 1_000_000]);
});

test('of a storage that tensors share, each reads its part, after the checksum of all of it was compared once', async () => {
  const state = dict({
    a: tensor({ shape: [2], strides: [1] }),
    b: tensor({ offset: 2, shape: [2], strides: [1] }),
  });
  const { reads, source } = counting(torchZip(state));
  const checkpoint = await openTorch(source, 'x.pth');
  reads.length = 0;
  expect(new Float32Array((await checkpoint.read('a')).buffer)).toEqual(Float32Array.of(1, 2));
  expect(new Float32Array((await checkpoint.read('b')).buffer)).toEqual(Float32Array.of(3, 4));
  expect(reads.map(([, length]) => length)).toEqual([44, 16, 8, 8]);
});

test('a part of a damaged storage is refused too, each time', async () => {
  const entries = torchEntries(pickleOf(dict({ a: tensor({ shape: [1], strides: [1] }) })), FOUR);
  const damaged = zipOf(
    entries.map((entry) => (entry.name.includes('data/') ? { ...entry, crc32: 5 } : entry)),
  );
  const checkpoint = await openTorch(memorySource(damaged), 'x.pth');
  await expect(checkpoint.read('a')).rejects.toThrow(/data\/0: expected contents with the checksum 5/);
  await expect(checkpoint.read('a')).rejects.toThrow(/data\/0: expected contents with the checksum 5/);
});

test('a tensor that is not there is named', async () => {
  const checkpoint = await openTorch(memorySource(torchZip(dict({ a: tensor() }))), 'x.pth');
  await expect(checkpoint.read('b')).rejects.toThrow('x.pth: expected a tensor named b, got none');
});

test('the source is closed with the checkpoint, and where the file is refused', async () => {
  const sound = counting(torchZip(dict({ a: tensor() })));
  await (await openTorch(sound.source, 'x.pth')).close();
  expect(sound.closed()).toBe(1);
  const empty = counting(torchZip(dict({})));
  await expect(openTorch(empty.source, 'x.pth')).rejects.toThrow(/without any/);
  expect(empty.closed()).toBe(1);
});

const one = { a: tensor() };
test.each<[string, Record<string, Pickle>, string | undefined, string[]]>([
  ['a state dict', one, undefined, ['a']],
  ['teacher before model', { model: dict(one), teacher: dict({ t: tensor() }) }, 'teacher', ['t']],
  ['model before state_dict', { state_dict: dict(one), model: dict({ m: tensor() }) }, 'model', ['m']],
  [
    'model before model_state_dict',
    { model_state_dict: dict(one), model: dict({ m: tensor() }) },
    'model',
    ['m'],
  ],
  [
    'model_state_dict before student',
    { student: dict(one), model_state_dict: dict({ m: tensor() }) },
    'model_state_dict',
    ['m'],
  ],
  ['student where there is nothing else', { student: dict(one), optimizer: dict(one) }, 'student', ['a']],
  ['a model that is no container', { model: tensor(), state_dict: dict(one) }, 'state_dict', ['a']],
  [
    'a model without tensors',
    { model: dict({ epoch: text('1') }), state_dict: dict(one) },
    'state_dict',
    ['a'],
  ],
  ['the only container', { net: dict(one), optimizer: dict({ state: dict(one) }) }, 'net', ['a']],
  [
    'several containers of unknown names',
    { left: dict(one), right: dict(one) },
    undefined,
    ['left.a', 'right.a'],
  ],
  ['containers in one another', { state_dict: dict({ teacher: dict(one) }) }, 'state_dict.teacher', ['a']],
  [
    'names of a teacher and a student, among which names decide and not the file',
    { 'student.a': tensor(), 'teacher.a': tensor() },
    undefined,
    ['student.a', 'teacher.a'],
  ],
])('weights are found: %s', async (_, saved, container, names) => {
  const checkpoint = await openTorch(memorySource(torchZip(dict(saved))), 'x.pth');
  expect(checkpoint.metadata.torch_container).toBe(container);
  expect([...checkpoint.tensors.keys()]).toEqual(names);
});
