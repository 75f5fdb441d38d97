/** The fused kernels of `ops/kernel-names.ts`. */

import {
  FUSED_ATTENTION,
  FUSED_EXTRACT_PATCHES,
  FUSED_GELU,
  FUSED_LAYER_NORM,
  FUSED_LINEAR,
  FUSED_SILU_GATE,
} from '../../../ops/kernel-names.ts';
import { operation } from '../../ir/build.ts';
import { type KernelCall, type KernelRules, lengths, numberOf, numbersOf, required } from './rule.ts';

function lastReplaced(shape: readonly number[], length: number): number[] {
  return [...shape.slice(0, -1), length];
}

function textOf({ attrs }: KernelCall, name: string): string {
  return String(attrs[name]);
}

/** The rules of this file. */
export const FUSED: KernelRules = {
  [FUSED_LINEAR](call) {
    const x = required(call, 'x');
    const [outputs = 0] = lengths(required(call, 'weight'));
    const attributes = { activation: textOf(call, 'activation') };
    return operation(call.kernel, call.inputs, attributes, lastReplaced(lengths(x), outputs), 'float32');
  },
  [FUSED_LAYER_NORM](call) {
    const shape = lengths(required(call, 'x'));
    return operation(call.kernel, call.inputs, { epsilon: numberOf(call, 'epsilon') }, shape, 'float32');
  },
  [FUSED_ATTENTION](call) {
    const shape = lengths(required(call, 'qkv'));
    const attributes = { numHeads: numberOf(call, 'numHeads'), scale: numberOf(call, 'scale') };
    return operation(
      call.kernel,
      call.inputs,
      attributes,
      lastReplaced(shape, (shape.at(-1) ?? 0) / 3),
      'float32',
    );
  },
  [FUSED_GELU](call) {
    return operation(call.kernel, call.inputs, {}, lengths(required(call, 'x')), 'float32');
  },
  [FUSED_SILU_GATE](call) {
    const shape = lengths(required(call, 'x'));
    return operation(call.kernel, call.inputs, {}, lastReplaced(shape, (shape.at(-1) ?? 0) / 2), 'float32');
  },
  [FUSED_EXTRACT_PATCHES](call) {
    const [B = 0, C = 0, H = 0, W = 0] = lengths(required(call, 'x'));
    const patchSize = numbersOf(call, 'patchSize');
    const [height = 1, width = 1] = patchSize;
    const shape = [B, Math.floor(H / height) * Math.floor(W / width), C * height * width];
    return operation(call.kernel, call.inputs, { patchSize }, shape, 'float32');
  },
};
