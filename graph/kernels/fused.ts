/** The fused ops as kernels of graphs. */
import { slice, type Tensor } from '@tensorflow/tfjs-core';
import { type FusedAttrs, type FusedOp, fusedOp } from '../../ops/fused-op.ts';
import { FUSED_OPS } from '../../ops/fused-ops.ts';
import type { Call, Typed } from '../../ops/operation.ts';
import { FLOATS, type Kernel } from './kernel.ts';

/** A row for each op of the registry. */
export const FUSED: readonly Kernel[] = FUSED_OPS.map(fusedKernel);

function fusedKernel(op: FusedOp): Kernel {
  const attrsOf = ({ attributes }: Call<unknown>): FusedAttrs =>
    Object.fromEntries(op.attributes.map((name) => [name, attributes[name] as FusedAttrs[string]]));
  const { canLimitQueries, depth, tokenwise } = op;
  return {
    name: op.name,
    dtypes: FLOATS,
    lower: op.lower,
    attributesOf: attrsOf,
    infer(call) {
      const [B, T, ...rest] = op.infer(shapesOf(call), attrsOf(call));
      const { numQueries = T } = call.attributes;
      const all = [B, numQueries, ...rest].filter((length) => length !== undefined) as number[];
      return { shape: all, dtype: 'float32' };
    },
    run(inputs, attrs) {
      const { numQueries } = attrs;
      const result: Tensor = fusedOp(op, inputs, attrsOf({ kernel: op.name, inputs, attributes: attrs }));
      return numQueries === undefined ? result : slice(result, [0, 0, 0], [-1, Number(numQueries), -1]);
    },
    ...(depth && { depth: (call) => depth(shapesOf(call)) }),
    ...(tokenwise && { tokenwise }),
    ...(canLimitQueries && { canLimitQueries }),
  };
}

function shapesOf({ inputs }: Call<Typed<number>>): Record<string, readonly number[]> {
  return Object.fromEntries(Object.entries(inputs).map(([name, { shape }]) => [name, shape]));
}
