/** Dispatch between a backend's fused kernel and an op's composition of TF.js ops. */
import {
  customGrad,
  engine,
  getBackend,
  getKernel,
  grads,
  type NamedTensorMap,
  type Tensor,
} from '@tensorflow/tfjs-core';

/** The attributes of a fused kernel: plain values, no tensors. */
export type FusedAttrs = Record<string, number | string | number[]>;

/**
 * Runs a fused kernel if the current backend has one, and the composition otherwise.
 *
 * The composition is the definition of the op: the fused kernel must give the same values, and gradients are
 * those of the composition in either case.
 *
 * @param kernelName one of `ops/kernel-names.ts`
 * @param inputs the kernel's inputs by name, float32; borrowed
 * @param attrs the kernel's attributes
 * @param composition the same result from TF.js ops, given the inputs in the order of their names
 * @returns one new tensor, owned by the caller
 */
export function fusedOp(
  kernelName: string,
  inputs: NamedTensorMap,
  attrs: FusedAttrs,
  composition: (...tensors: Tensor[]) => Tensor,
): Tensor {
  const names = Object.keys(inputs);
  const tensors = Object.values(inputs);
  if (getKernel(kernelName, getBackend()) == null) return composition(...tensors);
  // a custom gradient copies every input's handle, which costs more than the call itself
  if (engine().state.gradientDepth === 0) return engine().runKernel(kernelName, inputs, attrs);

  const differentiable = customGrad((...args: unknown[]) => {
    const save = args[names.length] as (saved: Tensor[]) => void;
    const named: NamedTensorMap = {};
    for (const [i, name] of names.entries()) named[name] = args[i] as Tensor;
    save(Object.values(named));
    const value: Tensor = engine().runKernel(kernelName, named, attrs);
    return {
      value,
      gradFunc: (dy: Tensor, saved: Tensor[]) => grads(composition)(saved, dy),
    };
  });
  return differentiable(...tensors);
}
