/** Attention with masks as tensors have them, for tests of both its directions. */
import { noise } from '../../../testing/noise.ts';
import type { AttentionCase } from './float64.ts';

/** A case whose mask is a tensor's shape and values. */
export interface MaskedAttention extends Omit<AttentionCase, 'mask'> {
  mask?: { shape: [number, number, number, number]; values: Float32Array };
}

/** The same with the mask as loops read it. */
export function caseOf({ mask, ...rest }: MaskedAttention): AttentionCase {
  if (mask === undefined) return rest;
  const { shape, values } = mask;
  const [images, , queries, keys] = shape;
  const added = (image: number, query: number, key: number): number =>
    values[((image % images) * queries + (query % queries)) * keys + key]!;
  return { ...rest, mask: added };
}

/** The case without a mask, and with one of each shape that a mask may have. */
export function withEveryMask(given: MaskedAttention): MaskedAttention[] {
  const { B, T } = given;
  const shapes: [number, number][] = [
    [B, 1],
    [B, T],
  ];
  if (B > 1) shapes.push([1, 1], [1, T]);
  const masked = shapes.map(([images, queries]): MaskedAttention => {
    const values = noise(images * queries * T, 9).map((value) => 4 * value);
    return { ...given, mask: { shape: [images, 1, queries, T], values } };
  });
  return [given, ...masked];
}
