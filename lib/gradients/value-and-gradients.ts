/** The loss of a model and its gradients. */
import { keep, type Scalar, type Tensor, type Tensor4D } from '@tensorflow/tfjs-core';
import { OptionError, ShapeError } from '../../errors/errors.ts';
import type { PixelValues } from '../../images/pixel-values.ts';
import { registerGradients } from '../../ops/gradients/register-gradients.ts';
import { gradientsOf } from '../../ops/gradients/tape.ts';
import { pixelTensor } from '../model/forward-options.ts';
import type { ModelOutput } from '../model/outputs.ts';
import type { PreTrainedModel } from '../model/pretrained-model.ts';

/** A model that has gradients: its forward pass takes a tensor. */
type Model<Options, Output> = Pick<PreTrainedModel, 'parameters' | 'trainableNames' | 'architecture'> & {
  forward(pixelValues: Tensor4D, options?: Options): Output;
};

/** What gradients are asked for. */
export interface GradientOptions<Output> {
  /** the scalar whose gradients are asked for; default the output's `loss`, which a classifier has where `labels` are given */
  loss?: ((output: Output) => Tensor) | undefined;
  /** whether the gradient by the pixel values is asked for too; default false */
  pixels?: boolean;
  /**
   * whether blocks keep their input and 640 MiB of results, all together, and compute the rest again on the way back, which
   * takes a fraction of the memory and up to a third more time; default true
   */
  gradientCheckpointing?: boolean;
}

/** A loss with its gradients; every tensor is owned by the caller. */
export interface ValueAndGradients<Output> {
  loss: Scalar;
  /** what the forward pass gave */
  output: Output;
  /** by our names; a parameter that the loss doesn't depend on has none */
  gradients: Map<string, Tensor>;
  /** [B, C, H, W], where it was asked for */
  pixelGradients?: Tensor4D | undefined;
}

/**
 * The loss of a batch, and its gradients by the parameters that `model.trainable` chose, all of them at first.
 *
 * @param pixelValues [B, C, H, W], as an image processor returns them; borrowed
 * @param options those of `forward`, such as `labels`, beside those of gradients
 * @throws OptionError if there is no loss, or nothing that gradients are asked by; ShapeError if it is no scalar; what `forward`
 *   throws; nothing is left behind then
 */
export async function valueAndGradients<Options extends object, Output extends ModelOutput>(
  model: Model<Options, Output>,
  pixelValues: Tensor4D | PixelValues,
  options: Options & GradientOptions<Output>,
): Promise<ValueAndGradients<Output>> {
  await registerGradients();
  const { loss: lossOf, pixels = false, gradientCheckpointing: recompute, ...rest } = options;
  const where = 'valueAndGradients';
  const input = pixelTensor(where, pixelValues);
  const names = model.trainableNames;
  const by = names.map((name) => model.parameters.get(name) as Tensor);
  if (by.length === 0 && !pixels) {
    input.dispose();
    throw new OptionError(
      `${where}: expected parameters that are trained, got none; call model.trainable('all'), or give pixels: true`,
    );
  }
  const outputs: Output[] = [];
  const forward = (): Scalar => {
    const output = model.forward(input, rest as unknown as Options);
    outputs.push(output);
    // what is made while gradients are recorded is freed with the tape
    for (const tensor of output.tensors) keep(tensor);
    return requireScalar(where, lossOf === undefined ? output.named.get('loss') : lossOf(output));
  };
  try {
    const { value, gradients } = gradientsOf(forward, pixels ? [...by, input] : by, { recompute });
    const [output] = outputs;
    if (output === undefined) throw new Error('internal: a loss without an output');
    const found = names.flatMap((name, i): [string, Tensor][] => {
      const gradient = gradients[i];
      return gradient === undefined ? [] : [[name, gradient]];
    });
    const pixelGradients = pixels ? (gradients[by.length] as Tensor4D | undefined) : undefined;
    return { loss: value, output, gradients: new Map(found), pixelGradients };
  } catch (error) {
    for (const output of outputs) output.dispose();
    throw error;
  } finally {
    input.dispose();
  }
}

function requireScalar(where: string, loss: Tensor | undefined): Scalar {
  if (loss?.rank === 0) return loss as Scalar;
  if (loss === undefined) {
    throw new OptionError(
      `${where}: expected a loss, got an output without one; give labels to a classifier, or a function as loss`,
    );
  }
  throw new ShapeError(`${where}: expected a loss that is one number, got [${loss.shape.join(', ')}]`);
}
