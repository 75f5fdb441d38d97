/** A reference's loss and gradients as a model computes them. */
import { add, dispose, mul, type Scalar, scalar, sum, tidy } from '@tensorflow/tfjs-core';
import { FormatError } from '../../../errors/errors.ts';
import type { AnyModel } from '../../families/families.ts';
import { valueAndGradients } from '../../gradients/value-and-gradients.ts';
import type { ModelOutput } from '../../model/outputs.ts';
import { readFloat32 } from '../../tasks/read-tensor.ts';
import type { AnsweredTensor, ModelAnswer } from '../forward-answer.ts';
import type { Reference } from '../reference.ts';
import { inputTensor, type ReferenceInputs } from '../reference-inputs.ts';
import { gradientPlace } from './gradient-place.ts';
import { hasUniforms, ReferenceUniforms } from './reference-uniforms.ts';

/** What the names of gradients begin with. */
export const GRADIENTS = 'gradients.';

const LOSS_WEIGHTS = 'loss_weights.';

/**
 * Runs a model forward and backward, in training where the reference has the numbers that were drawn.
 *
 * @returns outputs, `loss`, `gradients.pixel_values`, and `gradients.{name}` by any name that a file may have for a parameter
 * @throws FormatError if the reference has no loss, reading also if a gradient is of no parameter; what `valueAndGradients` throws
 */
export async function trainingAnswer(
  model: AnyModel,
  reference: Reference,
  { pixelValues, options }: ReferenceInputs,
): Promise<ModelAnswer> {
  const { where, inputs } = reference;
  const weighted = [...inputs.keys()].filter((name) => name.startsWith(LOSS_WEIGHTS));
  if (options.labels === undefined && weighted.length === 0) {
    throw new FormatError(
      `${where}: expected labels or ${LOSS_WEIGHTS}{output} for the loss that gradients are of, got neither`,
    );
  }
  const { loss, output, gradients, pixelGradients } = await valueAndGradients(model, pixelValues, {
    ...options,
    ...(weighted.length > 0 && { loss: (outputs: ModelOutput) => weightedSum(reference, weighted, outputs) }),
    ...(hasUniforms(reference) && { training: new ReferenceUniforms(reference) }),
    pixels: true,
  });
  const named = new Map([
    ...output.named,
    ['loss', loss] as const,
    ...(pixelGradients ? [[`${GRADIENTS}pixel_values`, pixelGradients] as const] : []),
  ]);
  return {
    async read(name, shape): Promise<AnsweredTensor | undefined> {
      const tensor = named.get(name);
      if (tensor !== undefined) return { shape: tensor.shape, values: await readFloat32(tensor) };
      if (!name.startsWith(GRADIENTS)) return undefined;
      const { ours, part, parts } = gradientPlace(where, model, name.slice(GRADIENTS.length), shape);
      const whole = gradients.get(ours);
      if (whole === undefined) return undefined;
      const size = whole.size / parts;
      const values = await readFloat32(whole);
      return { shape, values: values.subarray(part * size, (part + 1) * size) };
    },
    dispose() {
      output.dispose();
      dispose([loss, ...gradients.values(), ...(pixelGradients ? [pixelGradients] : [])]);
    },
  };
}

/** Σ output · weights over the outputs that have weights. */
function weightedSum(reference: Reference, names: readonly string[], { named }: ModelOutput): Scalar {
  return tidy(() => {
    let total = scalar(0);
    for (const name of names) {
      const output = named.get(name.slice(LOSS_WEIGHTS.length));
      const weights = inputTensor(reference, name);
      if (output === undefined || weights === undefined) {
        throw new FormatError(
          `${reference.where}: ${name}: expected an output of ${reference.architecture}, got none`,
        );
      }
      total = add(total, sum(mul(output, weights)));
    }
    return total;
  });
}
