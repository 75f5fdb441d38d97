/** Fused ops: what each is, and the dispatch between a backend's fused kernel and its composition of TF.js ops. */
import {
  engine,
  getBackend,
  getKernel,
  type NamedAttrMap,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';
import type { Lowering } from './onnx-builder.ts';
import type { Operation } from './operation.ts';

/** The inputs of a fused op by name, float32; those that may be left out are optional. */
export type FusedInputs = Readonly<Record<string, Tensor | undefined>>;

/** The attributes of a fused op: plain values, no tensors. */
export type FusedAttrs = Readonly<Record<string, number | string | readonly number[]>>;

/** The shapes of an op's inputs. */
export type Shapes<Inputs> = { readonly [Name in keyof Inputs]: readonly number[] };

/**
 * An op of which a backend may have a fused kernel, which it registers with TF.js (`registerKernel`) under its name.
 *
 * This one object is all that graphs, ONNX files and backends know of it. Its result is one tensor, float32.
 */
export interface FusedOp<Inputs extends FusedInputs = FusedInputs, Attrs extends FusedAttrs = FusedAttrs> {
  /** the kernel's name */
  readonly name: string;
  /** the names of all attributes */
  readonly attributes: readonly (keyof Attrs & string)[];
  /**
   * The op as a composition of TF.js ops, which is its definition: a fused kernel must give the same values.
   *
   * @param inputs borrowed
   * @returns owned by the caller
   */
  compose(inputs: Inputs, attrs: Attrs): Tensor;
  /** The shape of the result. */
  infer(shapes: Shapes<Inputs>, attrs: Attrs): readonly number[];
  /** Multiplications for one value of the result; absent: not worth counting. */
  depth?(shapes: Shapes<Inputs>): number;
  /** The inputs [B, T, ...] of which it takes the same token as that of the result it computes; all others hold for all tokens. */
  readonly tokenwise?: readonly (keyof Inputs & string)[];
  /** Whether it can be computed for some first tokens alone, of inputs with all of them; see `Operation`. */
  canLimitQueries?(operation: Operation): boolean;
  /** Its ONNX form. */
  readonly lower: Lowering;
}

/**
 * Runs an op: by the fused kernel if the current backend has one, and by its composition otherwise.
 *
 * Where gradients are asked for, the composition always runs, as TF.js knows the gradients of its ops.
 *
 * @param inputs float32; borrowed
 * @returns one new tensor, owned by the caller
 */
export function fusedOp<Inputs extends FusedInputs, Attrs extends FusedAttrs, Result extends Tensor>(
  op: Pick<FusedOp<Inputs, Attrs>, 'name' | 'compose'>,
  inputs: Inputs,
  attrs: Attrs,
): Result {
  if (engine().state.gradientDepth > 0 || getKernel(op.name, getBackend()) == null) {
    return op.compose(inputs, attrs) as Result;
  }
  return engine().runKernel(op.name, inputs as NamedTensorMap, attrs as NamedAttrMap);
}
