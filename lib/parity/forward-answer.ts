/** What a model computes of a reference's inputs. */
import type { Runnable } from '../../graph/engines/runnable.ts';
import type { AnyModel } from '../families/families.ts';
import { readFloat32 } from '../tasks/read-tensor.ts';
import type { Reference } from './reference.ts';
import type { ReferenceInputs } from './reference-inputs.ts';

/** A tensor of a model, under a reference's name. */
export interface AnsweredTensor {
  shape: readonly number[];
  values: Float32Array;
}

/** A model's tensors, which are read one by one as they may be large; whoever has it disposes of it. */
export interface ModelAnswer {
  /**
   * @param name as the reference has it
   * @param shape as the reference has it
   * @returns undefined if the model has no such tensor
   */
  read(name: string, shape: readonly number[]): Promise<AnsweredTensor | undefined>;
  dispose(): void;
}

/** Runs a model forward, with the hidden states and attentions that the reference expects. */
export async function forwardAnswer(
  model: Runnable<AnyModel>,
  { expected }: Reference,
  { pixelValues, options }: ReferenceInputs,
): Promise<ModelAnswer> {
  const expects = (series: string): boolean => [...expected.keys()].some((name) => name.startsWith(series));
  const output = await model.forward(pixelValues, {
    outputHiddenStates: expects('hidden_states.'),
    outputAttentions: expects('attentions.'),
    ...options,
  });
  return {
    async read(name) {
      const tensor = output.named.get(name);
      return tensor && { shape: tensor.shape, values: await readFloat32(tensor) };
    },
    dispose: () => output.dispose(),
  };
}
