/** The classifier of a timm model as a linear head of DINOv2. */
import { type PlainCheckpoint, withTensors } from '../../../../weights/key-schemes/plain-checkpoint.ts';

/**
 * Sees `head.weight` [labels, D], which reads one vector, as [labels, 2·D], which reads the CLS token and the mean of the
 * patches; the weights of the vector that timm does not read are zeros, and logits are the same.
 *
 * Source: timm 1.0.31, `models/vision_transformer.py`, `pool`, `forward_head`.
 *
 * @param pool the vector timm reads: the CLS token, or the mean of the patches
 * @returns the checkpoint itself if it has no such head; closing the other closes it
 */
export function withTimmHead(plain: PlainCheckpoint, pool: 'token' | 'avg'): PlainCheckpoint {
  const { checkpoint, tensors } = plain;
  const weight = tensors.get('head.weight');
  const width = tensors.get('cls_token')?.shape.at(-1);
  const [labels = 0, features] = weight?.shape ?? [];
  if (weight?.shape.length !== 2 || features === undefined || features !== width || labels === 0)
    return plain;
  const { name, byteLength } = weight;
  const row = byteLength / labels;
  const info = { ...weight, shape: [labels, 2 * features], byteLength: 2 * byteLength };
  return withTensors(plain, [info], async (wanted) => {
    const bytes = await checkpoint.read(wanted);
    if (wanted !== name) return bytes;
    const whole = new Uint8Array(2 * byteLength);
    const first = pool === 'token' ? 0 : row;
    for (let i = 0; i < labels; i++) whole.set(bytes.subarray(i * row, (i + 1) * row), 2 * i * row + first);
    return whole;
  });
}
