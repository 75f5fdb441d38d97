import type { Checkpoint } from '../checkpoint.ts';
import { checkpointOf } from '../testing/checkpoints.ts';
import { widenedView } from '../widened-view.ts';
import { float32ToWrite } from './encode-safetensors.ts';
import { int8View } from './int8-view.ts';

const WEIGHT = 'blocks.0.weight';
const VALUES = Float32Array.of(1, -127, 63.5, 254, 2, 0);

/** A matrix, and what is none, with the names that are read of it in order. */
async function watched(): Promise<{ checkpoint: Checkpoint; read: string[] }> {
  const read: string[] = [];
  const checkpoint = await checkpointOf([
    float32ToWrite(WEIGHT, [2, 3], VALUES),
    float32ToWrite('blocks.0.bias', [2], Float32Array.of(1, 2)),
    float32ToWrite('blocks.0.norm.weight', [2], Float32Array.of(3, 4)),
    float32ToWrite('head.weight', [1, 2], Float32Array.of(5, 6)),
  ]);
  return {
    read,
    checkpoint: {
      ...checkpoint,
      read: (name) => {
        read.push(name);
        return checkpoint.read(name);
      },
    },
  };
}

const isOfBlock = (name: string): boolean => name.startsWith('blocks.');

test('matrices that are asked for are int8 with scales, and all else keeps its bytes', async () => {
  const { checkpoint } = await watched();
  const view = int8View(checkpoint, isOfBlock);
  expect(
    [...view.tensors.values()].map(({ name, dtype, shape, byteLength }) => [name, dtype, shape, byteLength]),
  ).toEqual([
    [WEIGHT, 'I8', [2, 3], 6],
    [`${WEIGHT}_scale`, 'F32', [2, 1], 8],
    ['blocks.0.bias', 'F32', [2], 8],
    ['blocks.0.norm.weight', 'F32', [2], 8],
    ['head.weight', 'F32', [1, 2], 8],
  ]);
  expect([...new Int8Array((await view.read(WEIGHT)).buffer)]).toEqual([1, -127, 64, 127, 1, 0]);
  expect([...new Float32Array((await view.read(`${WEIGHT}_scale`)).buffer)]).toEqual([1, 2]);
  expect(await view.read('head.weight')).toEqual(await checkpoint.read('head.weight'));
});

test('nothing is read before it is asked for, and only what is asked for', async () => {
  const { checkpoint, read } = await watched();
  const view = widenedView(int8View(checkpoint, isOfBlock));
  expect(read).toEqual([]);
  await view.read('blocks.0.bias');
  expect(read).toEqual(['blocks.0.bias']);
});

test('what is widened is F32 again, without scales, and what was int8 before is not rounded once more', async () => {
  const { checkpoint } = await watched();
  const rounded = int8View(checkpoint, isOfBlock);
  expect([...int8View(rounded, isOfBlock).tensors]).toEqual([...rounded.tensors]);
  expect(await int8View(rounded, isOfBlock).read(WEIGHT)).toEqual(await rounded.read(WEIGHT));
  const wide = widenedView(rounded);
  expect([...wide.tensors]).toEqual(
    [...checkpoint.tensors].map(([name, info]) => [
      name,
      expect.objectContaining({ name, dtype: 'F32', shape: info.shape, byteLength: info.byteLength }),
    ]),
  );
  expect([...new Float32Array((await wide.read(WEIGHT)).buffer)]).toEqual([1, -127, 64, 254, 2, 0]);
});

test('matrices of integers are not rounded, and scales of no int8 weight are not taken from those who ask', async () => {
  const integers = { dtype: 'I64' as const, shape: [1, 2], bytes: new Uint8Array(16).fill(1) };
  const checkpoint = await checkpointOf([
    float32ToWrite(WEIGHT, [2, 3], VALUES),
    { name: 'blocks.0.index.weight', ...integers },
    float32ToWrite('blocks.1.weight', [1], Float32Array.of(2)),
    float32ToWrite('blocks.1.weight_scale', [1], Float32Array.of(3)),
  ]);
  const rounded = int8View(checkpoint, isOfBlock);
  expect(rounded.tensors.get('blocks.0.index.weight')).toEqual(
    checkpoint.tensors.get('blocks.0.index.weight'),
  );
  expect(await rounded.read('blocks.0.index.weight')).toEqual(integers.bytes);
  const wide = widenedView(rounded);
  expect([...wide.tensors.keys()]).toEqual([...checkpoint.tensors.keys()]);
  expect([...new Float32Array((await wide.read('blocks.1.weight_scale')).buffer)]).toEqual([3]);
});

test('a checkpoint without int8 is its own widened view, and views close what they show', async () => {
  const { checkpoint } = await watched();
  expect(widenedView(checkpoint)).toBe(checkpoint);
  let closed = 0;
  const closing: Checkpoint = { ...checkpoint, close: async () => void closed++ };
  await widenedView(int8View(closing, isOfBlock)).close();
  expect(closed).toBe(1);
});
