/** Checkpointing: parts of a model that keep only their input for gradients, and are computed again on the way back. */
import { customGrad, type GradSaveFunc, type Tensor, tidy, zerosLike } from '@tensorflow/tfjs-core';
import { gradientsOf, isRecomputing, isRecording, needsGradient, unrecorded } from './tape.ts';

/**
 * Runs a part of a model.
 *
 * Where gradients are asked for, what is computed on the way is not kept: the part runs as for inference, fused, and again,
 * recorded, when its gradients are needed. Where none is needed by the input or by a parameter, nothing is kept at all.
 *
 * Source: Chen et al., Training Deep Nets with Sublinear Memory Cost, arXiv:1604.06174.
 *
 * @param x the input; borrowed
 * @param parameters all other tensors that gradients may be asked by
 * @param constants tensors that are no parameters, and may be gone when the part is computed again; borrowed
 * @param run must give the same values when it is called again, with copies of the constants in their order
 * @returns what `run` returns, owned by the caller
 */
export function recompute<X extends Tensor, Y extends Tensor>(
  x: X,
  parameters: readonly Tensor[],
  constants: readonly Tensor[],
  run: (x: X, constants: readonly Tensor[]) => Y,
): Y {
  if (!isRecording()) return run(x, constants);
  const needed = parameters.filter(needsGradient);
  if (needed.length === 0 && !needsGradient(x)) return unrecorded(() => run(x, constants));
  if (!isRecomputing()) return run(x, constants);
  const forward = (...given: (Tensor | GradSaveFunc)[]) => {
    const save = given.at(-1) as GradSaveFunc;
    const value = run(x, constants);
    // last, as nothing frees what is saved if the part throws
    save([x, ...constants]);
    return { value, gradFunc: backward };
  };
  const backward = (dy: Tensor, [saved, ...kept]: Tensor[]): Tensor[] =>
    tidy(() => {
      const by = [saved as X, ...needed];
      const { gradients } = gradientsOf(() => run(saved as X, kept), by, { dy });
      return by.map((tensor, i) => gradients[i] ?? zerosLike(tensor));
    });
  return customGrad(forward)(x, ...needed) as Y;
}
