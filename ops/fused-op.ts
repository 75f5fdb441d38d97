/** Dispatch between a backend's fused kernel and an op's composition of TF.js ops. */
import { engine, getBackend, getKernel, type NamedTensorMap, type Tensor } from '@tensorflow/tfjs-core';

/** The attributes of a fused kernel: plain values, no tensors. */
export type FusedAttrs = Record<string, number | string | number[]>;

/**
 * Runs a fused kernel if the current backend has one, and the composition otherwise.
 *
 * The composition is the definition of the op: the fused kernel must give the same values. Where gradients are asked
 * for, the composition always runs, as TF.js knows the gradients of its ops.
 *
 * @param kernelName one of `ops/kernel-names.ts`
 * @param inputs the kernel's inputs by name, float32; borrowed
 * @param attrs the kernel's attributes
 * @param composition makes the same result of the same inputs from TF.js ops
 * @returns one new tensor, owned by the caller
 */
export function fusedOp<Result extends Tensor>(
  kernelName: string,
  inputs: NamedTensorMap,
  attrs: FusedAttrs,
  composition: () => Result,
): Result {
  if (engine().state.gradientDepth > 0 || getKernel(kernelName, getBackend()) == null) return composition();
  return engine().runKernel(kernelName, inputs, attrs);
}
