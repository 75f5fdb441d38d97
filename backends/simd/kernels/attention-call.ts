/** What a kernel of attention is called with. */
import type { TensorInfo } from '@tensorflow/tfjs-core';
import { dimensions } from '../../../shapes/dimensions.ts';
import { input, numberAttr } from '../../kernel-call.ts';
import type { SimdCall } from './kernel.ts';

/** The sizes of attention, and where its inputs lie in the memory. */
export interface AttentionCall {
  B: number;
  T: number;
  A: number;
  K: number;
  scale: number;
  /** the address of qkv [B, T, 3·A·K] */
  qkv: number;
  /** the address of what is added to the scores; 0 if nothing is */
  mask: number;
  /** bytes from one image's mask to the next; 0 if all have one */
  maskImage: number;
  /** bytes from one query's row of the mask to the next; 0 if all have one */
  maskQuery: number;
}

/** Reads it, and brings qkv and the mask into the memory. */
export function attentionCall({ backend, inputs, attrs }: SimdCall): AttentionCall {
  const qkv = input(inputs, 'qkv');
  const mask: TensorInfo | undefined = inputs.mask;
  const [B, T, packed] = dimensions(qkv.shape, 3, 'qkv');
  const A = numberAttr(attrs, 'numHeads');
  const [images, , queries] = dimensions(mask?.shape ?? [1, 1, 1, T], 4, 'mask');
  return {
    B,
    T,
    A,
    K: packed / (3 * A),
    scale: numberAttr(attrs, 'scale'),
    qkv: backend.resident(qkv),
    mask: mask === undefined ? 0 : backend.resident(mask),
    maskImage: images > 1 ? queries * T * 4 : 0,
    maskQuery: queries > 1 ? T * 4 : 0,
  };
}
