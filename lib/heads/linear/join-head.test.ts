import { memorySource } from '../../../sources/byte-source.ts';
import type { Checkpoint } from '../../../weights/checkpoint.ts';
import { openSafetensors } from '../../../weights/safetensors/open-safetensors.ts';
import { float32ToWrite, safetensorsParts } from '../../../weights/write/encode-safetensors.ts';
import { mapped } from '../../families/dinov2/testing/mapped.ts';
import { joinHead } from './join-head.ts';

/** A checkpoint whose values count up from 1, in the order of its tensors. */
async function checkpointOf(where: string, shapes: Record<string, readonly number[]>): Promise<Checkpoint> {
  let next = 1;
  const tensors = Object.entries(shapes).map(([name, shape]) => {
    const size = shape.reduce((product, length) => product * length, 1);
    return float32ToWrite(
      name,
      shape,
      Float32Array.from({ length: size }, () => next++),
    );
  });
  return openSafetensors(memorySource(new Uint8Array(Buffer.concat(safetensorsParts(tensors)))), where);
}

/** A backbone of width 2 with four blocks, as far as joining looks at it. */
function backbone(): Promise<Checkpoint> {
  const blocks = [0, 1, 2, 3].map((i) => [`blocks.${i}.ls1.gamma`, [2]] as const);
  return checkpointOf('backbone', {
    cls_token: [1, 1, 2],
    ...Object.fromEntries(blocks),
    'norm.weight': [2],
  });
}

const valuesOf = async (checkpoint: Checkpoint, name: string): Promise<number[]> => [
  ...new Float32Array((await checkpoint.read(name)).buffer),
];

test('a head of one layer and one of four get our names and keep their values', async () => {
  for (const [layers, features] of [
    [1, 4],
    [4, 10],
  ] as const) {
    const head = await checkpointOf('head', { bias: [3], weight: [3, features] });
    const { fields, mapped: all } = joinHead(mapped(await backbone()), head);
    const joined = all.checkpoint;
    expect(joined.where).toBe('backbone');
    expect(fields).toEqual({ numLabels: 3, numClassifierLayers: layers });
    expect([...joined.tensors.keys()].slice(-2)).toEqual(['head.weight', 'head.bias']);
    expect(joined.tensors.get('head.weight')).toMatchObject({ name: 'head.weight', shape: [3, features] });
    expect(await valuesOf(joined, 'head.bias')).toEqual([1, 2, 3]);
    expect((await valuesOf(joined, 'head.weight'))[0]).toBe(4);
    expect(await valuesOf(joined, 'cls_token')).toEqual([1, 2]);
  }
});

test.each(['linear_head.', 'head.', 'classifier.', 'module.linear.'])(
  'names that start with %s',
  async (prefix) => {
    const head = await checkpointOf('head', { [`${prefix}weight`]: [3, 4], [`${prefix}bias`]: [3] });
    const joined = joinHead(mapped(await backbone()), head).mapped;
    expect(await valuesOf(joined.checkpoint, 'head.bias')).toEqual([13, 14, 15]);
  },
);

test('beside the names of transformers a head is called as there', async () => {
  const names = { 'dinov2.embeddings.cls_token': [1, 1, 2], 'dinov2.layernorm.weight': [2] };
  const { checkpoint, parameters } = joinHead(
    mapped(await checkpointOf('backbone', names)),
    await checkpointOf('head', { weight: [3, 4], bias: [3] }),
  ).mapped;
  expect([...checkpoint.tensors.keys()].slice(2)).toEqual([
    'dinov2.classifier.weight',
    'dinov2.classifier.bias',
  ]);
  expect(parameters.get('head.weight')?.shape).toEqual([3, 4]);
  // as a file of both would be read
  expect([...mapped(checkpoint).parameters]).toEqual([...parameters]);
});

test('a head stands behind the prefix of its backbone', async () => {
  const names = { 'pretrained.cls_token': [1, 1, 2], 'pretrained.norm.weight': [2], 'decoder.weight': [1] };
  const { checkpoint } = joinHead(
    mapped(await checkpointOf('backbone', names)),
    await checkpointOf('head', { weight: [3, 4], bias: [3] }),
  ).mapped;
  const { parameters, unexpected } = mapped(checkpoint);
  expect(parameters.get('head.weight')?.shape).toEqual([3, 4]);
  expect(unexpected).toEqual(['decoder.weight']);
});

test('closing closes both', async () => {
  const closed: string[] = [];
  const watched = (checkpoint: Checkpoint): Checkpoint => ({
    ...checkpoint,
    close: async () => void closed.push(checkpoint.where),
  });
  const head = await checkpointOf('head', { weight: [3, 4], bias: [3] });
  await joinHead(mapped(watched(await backbone())), watched(head)).mapped.checkpoint.close();
  expect(closed).toEqual(['backbone', 'head']);
});

test.each<[string, Record<string, readonly number[]>, RegExp]>([
  [
    'a head of another backbone',
    { weight: [3, 20], bias: [3] },
    /^head: expected a head for backbone, whose weight is \[labels, \(n \+ 1\)·2\] for n of its 4 layers, got \[3, 20\]; it would fit a backbone of D = 10 with n = 1, or of D = 4 with n = 4$/,
  ],
  ['a head that no backbone has', { weight: [3, 7], bias: [3] }, /got \[3, 7\]$/],
  [
    'a head as wide as a token',
    { weight: [3, 2], bias: [3] },
    /it would fit a backbone of D = 1 with n = 1$/,
  ],
  [
    'more tensors',
    { weight: [3, 4], bias: [3], scale: [1] },
    /expected a linear head.*got 3 tensors: \["weight"/,
  ],
  ['no bias', { weight: [3, 4] }, /expected a linear head.*got 1 tensors/],
  ['two layers', { 'a.weight': [3, 4], 'b.bias': [3] }, /expected a linear head/],
  [
    'a convolution',
    { weight: [3, 4, 1, 1], bias: [3] },
    /expected weight \[labels, features\].*got \[3, 4, 1, 1\]/,
  ],
  ['a bias of another length', { weight: [3, 4], bias: [4] }, /got \[3, 4\] and \[4\]/],
  ['a bias of two axes', { weight: [3, 4], bias: [3, 1] }, /got \[3, 4\] and \[3, 1\]/],
  ['no features', { weight: [3, 0], bias: [3] }, /got \[3, 0\] and \[3\]/],
  ['no labels', { weight: [0, 4], bias: [0] }, /got \[0, 4\] and \[0\]/],
])('refuses %s', async (_, shapes, message) => {
  const [bare, head] = [await backbone(), await checkpointOf('head', shapes)];
  expect(() => joinHead(mapped(bare), head)).toThrow(message);
});

test('refuses a backbone that has a head, and what is no backbone', async () => {
  const head = await checkpointOf('head', { weight: [3, 4], bias: [3] });
  const classifier = await checkpointOf('classifier', { cls_token: [1, 1, 2], 'head.weight': [3, 4] });
  expect(() => joinHead(mapped(classifier), head)).toThrow(
    /^classifier: expected a backbone without a head to join head to, got one that has a head$/,
  );
  const half = await checkpointOf('half', { cls_token: [1, 1, 2] });
  expect(() => joinHead(mapped(half), head)).toThrow(/^half: expected the final norm of a backbone/);
});
