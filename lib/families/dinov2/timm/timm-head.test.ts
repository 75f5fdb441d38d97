/** The classifier of timm as one that reads two vectors. */
import { memorySource } from '../../../../sources/byte-source.ts';
import { type PlainCheckpoint, plainCheckpoint } from '../../../../weights/key-schemes/plain-checkpoint.ts';
import { openSafetensors } from '../../../../weights/safetensors/open-safetensors.ts';
import { float32ToWrite, safetensorsParts } from '../../../../weights/write/encode-safetensors.ts';
import { DINOV2_NAMES } from '../keys/names.ts';
import { withTimmHead } from './timm-head.ts';

/** A model of width 2 and its head, whose values count up from 1. */
async function checkpointOf(shape: readonly [labels: number, features: number]): Promise<PlainCheckpoint> {
  const head = Float32Array.from({ length: shape[0] * shape[1] }, (_, i) => i + 1);
  const tensors = [
    float32ToWrite('cls_token', [1, 1, 2], Float32Array.of(8, 9)),
    float32ToWrite('head.weight', shape, head),
  ];
  const bytes = new Uint8Array(Buffer.concat(safetensorsParts(tensors)));
  return plainCheckpoint(await openSafetensors(memorySource(bytes), 'timm'), DINOV2_NAMES);
}

test.each<['token' | 'avg', number[]]>([
  ['token', [1, 2, 0, 0, 3, 4, 0, 0, 5, 6, 0, 0]],
  ['avg', [0, 0, 1, 2, 0, 0, 3, 4, 0, 0, 5, 6]],
])('the vector that is not read has zeros: %s', async (pool, expected) => {
  const { checkpoint } = withTimmHead(await checkpointOf([3, 2]), pool);
  expect(checkpoint.tensors.get('head.weight')).toMatchObject({ shape: [3, 4], byteLength: 48 });
  expect([...new Float32Array((await checkpoint.read('head.weight')).buffer)]).toEqual(expected);
  expect([...new Float32Array((await checkpoint.read('cls_token')).slice().buffer)]).toEqual([8, 9]);
});

test.each<[string, [number, number]]>([
  ['of another width', [3, 4]],
  ['without labels', [0, 2]],
])('a head %s stays as it is', async (_, shape) => {
  const checkpoint = await checkpointOf(shape);
  expect(withTimmHead(checkpoint, 'token')).toBe(checkpoint);
});
