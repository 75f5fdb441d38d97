/** Ops of the way back: the dispatch between a backend's fused kernel and a composition of TF.js ops. */
import { engine, getBackend, getKernel, type NamedAttrMap, type Tensor } from '@tensorflow/tfjs-core';
import type { FusedAttrs, FusedInputs } from '../fused-op.ts';

/**
 * What the gradients of an op are made of, where a backend may have a fused kernel for it under its name.
 *
 * Unlike fused ops it is neither traced nor recorded, and may have several results.
 */
export interface BackwardOp<Inputs extends FusedInputs, Attrs extends FusedAttrs = Record<string, never>> {
  /** the kernel's name */
  readonly name: string;
  /**
   * The results as a composition of TF.js ops, which is their definition; float32.
   *
   * @param inputs borrowed
   * @returns owned by the caller
   */
  compose(inputs: Inputs, attrs: Attrs): Tensor[];
}

/** Runs such an op: by the fused kernel if the current backend has one, and by its composition otherwise. */
export function backwardOp<Inputs extends FusedInputs, Attrs extends FusedAttrs>(
  { name, compose }: BackwardOp<Inputs, Attrs>,
  inputs: Inputs,
  attrs: Attrs,
): Tensor[] {
  if (getKernel(name, getBackend()) == null) return compose(inputs, attrs);
  const given = Object.entries(inputs).filter((entry): entry is [string, Tensor] => entry[1] !== undefined);
  const results: Tensor | Tensor[] = engine().runKernel(
    name,
    Object.fromEntries(given),
    attrs as NamedAttrMap,
  );
  return [results].flat();
}
