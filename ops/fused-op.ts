/** Dispatch between a backend's fused kernel and an op's composition of TF.js ops. */
import {
  customGrad,
  engine,
  type GradSaveFunc,
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
 * @param composition the same result from TF.js ops; it must use the inputs it is given, not those it closes over, or
 *   they get no gradient
 * @returns one new tensor, owned by the caller
 */
export function fusedOp<Inputs extends NamedTensorMap, Result extends Tensor>(
  kernelName: string,
  inputs: Inputs,
  attrs: FusedAttrs,
  composition: (inputs: Inputs) => Result,
): Result {
  if (getKernel(kernelName, getBackend()) == null) return composition(inputs);
  // a custom gradient copies every input's handle, which costs more than the call itself
  if (engine().state.gradientDepth === 0) return engine().runKernel(kernelName, inputs, attrs);

  // TF.js's gradients know inputs by their positions
  const names = Object.keys(inputs);
  const named = (tensors: readonly Tensor[]): Inputs =>
    Object.fromEntries(names.map((name, i) => [name, tensors[i]])) as Inputs;
  const positional = (...tensors: Tensor[]): Result => composition(named(tensors));
  const differentiable = customGrad<Result>((...args) => {
    const tensors = args.slice(0, -1) as Tensor[];
    const save = args.at(-1) as GradSaveFunc;
    save(tensors);
    return {
      value: engine().runKernel(kernelName, named(tensors), attrs),
      gradFunc: (dy: Result, saved: Tensor[]) => grads(positional)(saved, dy),
    };
  });
  return differentiable(...Object.values(inputs));
}
