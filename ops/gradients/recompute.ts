/** Checkpointing: parts of a model that keep little but their input for gradients, and are computed again on the way back. */
import { customGrad, type GradSaveFunc, type Tensor, tidy, zerosLike } from '@tensorflow/tfjs-core';
import { recalling, remembering } from './remembered.ts';
import { gradientsOf, isRecomputing, isRecording, needsGradient, recordIfNeeded } from './tape.ts';

/**
 * Runs a part of a model.
 *
 * Where gradients are asked for, the part runs as for inference, fused, and again, recorded, when its gradients are needed. What
 * takes long to compute, the results of products, is kept from the first run while there is room; all else is computed again.
 * Where none is needed by the input or by a parameter, nothing is kept at all.
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
  if (!isRecomputing() || (needed.length === 0 && !needsGradient(x))) {
    return recordIfNeeded([x, ...needed], () => run(x, constants));
  }
  const forward = (...given: (Tensor | GradSaveFunc)[]) => {
    const save = given.at(-1) as GradSaveFunc;
    const { value, results } = remembering(() => run(x, constants));
    // last, as nothing frees what is saved if the part throws
    save([x, ...constants, ...results.values()]);
    for (const result of results.values()) result.dispose();
    return { value, gradFunc: (dy: Tensor, saved: Tensor[]) => backward(dy, saved, [...results.keys()]) };
  };
  const backward = (dy: Tensor, [saved, ...kept]: Tensor[], keys: readonly object[]): Tensor[] =>
    tidy(() => {
      const by = [saved as X, ...needed];
      const [copies, remembered] = [kept.slice(0, constants.length), kept.slice(constants.length)];
      const results = new Map(remembered.map((tensor, i) => [keys[i] as object, tensor]));
      const again = (): Y => recalling(results, () => run(saved as X, copies));
      const { gradients } = gradientsOf(again, by, { dy });
      // TF.js would free them with its whole tape, after the first part's
      for (const tensor of kept) tensor.dispose();
      return by.map((tensor, i) => gradients[i] ?? zerosLike(tensor));
    });
  return customGrad(forward)(x, ...needed) as Y;
}
