import type { TensorInfo } from '../checkpoint.ts';
import { compareNames, compareText } from './name-order.ts';
import { planShards } from './plan-shards.ts';

function tensor(name: string, byteLength: number): TensorInfo {
  return { name, dtype: 'U8', shape: [byteLength], byteLength };
}

/** Whole numbers under `below`, the same ones for the same seed. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

test.each(Array.from({ length: 100 }, (_, seed) => seed))(
  'shards hold every tensor once and no more than the limit (seed %d)',
  (seed) => {
    const next = random(seed);
    const tensors = Array.from({ length: next(40) }, (_, i) => tensor(`blocks.${next(12)}.t${i}`, next(100)));
    const limit = 1 + next(150);
    const { shards, index } = planShards(tensors, limit);
    const written = shards.flatMap((shard) => shard.tensors);
    expect(written.map(({ name }) => name).sort()).toEqual(tensors.map(({ name }) => name).sort());
    for (const { tensors: part } of shards) {
      const size = part.reduce((sum, { byteLength }) => sum + byteLength, 0);
      if (part.length > 1) expect(size).toBeLessThanOrEqual(limit);
      const names = part.map(({ name }) => name);
      expect(names).toEqual([...names].sort(compareNames));
    }
    if (index === undefined) {
      expect(shards.map(({ file }) => file)).toEqual(['model.safetensors']);
      return;
    }
    const map = Object.fromEntries(
      shards.flatMap(({ file, tensors: part }) => part.map(({ name }) => [name, file])),
    );
    const size = tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
    expect(JSON.parse(index)).toEqual({
      metadata: { total_parameters: size, total_size: size },
      weight_map: map,
    });
    expect(new Set(Object.values(map)).size).toBe(shards.length);
  },
);

test('a tensor larger than the limit has a shard of its own, before the one being filled', () => {
  const sizes = [6, 6, 2, 11, 2, 2];
  const { shards } = planShards(
    sizes.map((size, i) => tensor(`t${i}`, size)),
    10,
  );
  expect(shards.map(({ file, tensors }) => [file, ...tensors.map(({ name }) => name)])).toEqual([
    ['model-00001-of-00004.safetensors', 't0'],
    ['model-00002-of-00004.safetensors', 't3'],
    ['model-00003-of-00004.safetensors', 't1', 't2', 't4'],
    ['model-00004-of-00004.safetensors', 't5'],
  ]);
});

test('names are compared by parts, their numbers as numbers', () => {
  const ordered = [
    '0',
    '2',
    '11',
    'a',
    'a.1',
    'a.',
    'a.b',
    'block',
    'block2.x',
    'block10.a',
    'layer.2.w',
    'layer.11.b',
    'layer.x',
  ];
  expect([...ordered].reverse().sort(compareNames)).toEqual(ordered);
});

test('texts are compared by code points', () => {
  expect(compareText('\u{1f600}', '\uffee')).toBeGreaterThan(0);
  expect(['b', 'ab', 'a', ''].sort(compareText)).toEqual(['', 'a', 'ab', 'b']);
});
