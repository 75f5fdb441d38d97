/** The options of a forward pass, and what becomes of them before the layers see them. */
import {
  add,
  cast,
  mul,
  reshape,
  type Tensor,
  type Tensor2D,
  type Tensor4D,
  tensor4d,
  tidy,
} from '@tensorflow/tfjs-core';
import { plainArray } from '../../bytes/plain-array.ts';
import { OptionError, ShapeError } from '../../errors/errors.ts';
import { isOutside, requirePixelValues } from '../../graph/pixel-values.ts';
import type { OutputOptions } from '../../graph/traceable.ts';
import type { PixelValues } from '../../images/pixel-values.ts';
import type { AttentionVisitor } from '../../layers/attention-visitor.ts';
import type { UniformSource } from '../../layers/uniform-source.ts';
import { dimensions } from '../../shapes/dimensions.ts';
import type { ModelConfig } from './model-config.ts';

/** What every model's `forward` takes beside the images. */
export interface ForwardOptions {
  /** true for all L + 1 states, or the indices wanted, negative from the end; default: the configuration's */
  outputHiddenStates?: boolean | number | readonly number[];
  /** whether to return the attention weights of every block; default: the configuration's */
  outputAttentions?: boolean;
  /**
   * which tokens are attended to: [B, T] with 0 or false where one (CLS and registers count) is not; or [B or 1, 1, 1 or T, T]
   * float32 added to the scores, or bool with true where attention is allowed.
   */
  attentionMask?: Tensor;
  /**
   * looks at the queries, keys and values of some blocks while these run, one block's at a time; the outputs stay what they are
   * without it, to the bit
   */
  attentionVisitor?: AttentionVisitor | undefined;
  /**
   * random numbers, for a step of training: with them the model drops what `dropPathRate`, `hiddenDropoutProb` and
   * `attentionProbsDropoutProb` of its configuration say, as PyTorch's does after `train()`; default none, as after `eval()`
   */
  training?: UniformSource | undefined;
}

/** Their names. */
export const FORWARD_OPTIONS = [
  'outputHiddenStates',
  'outputAttentions',
  'attentionMask',
  'attentionVisitor',
  'training',
] as const satisfies (keyof ForwardOptions)[];

/** Those of them that a recorded pass can't have: somebody who looks on, and numbers that differ from call to call. */
export const EAGER_OPTIONS = ['attentionVisitor', 'training'] as const satisfies (keyof ForwardOptions)[];

/** `ForwardOptions` of a model that can replace patches by its mask token. */
export interface MaskedForwardOptions extends ForwardOptions {
  /** [B, N] bool, true where a patch is masked */
  boolMaskedPos?: Tensor2D;
}

/** Their names. */
export const MASKED_FORWARD_OPTIONS = [...FORWARD_OPTIONS, 'boolMaskedPos'] as const;

/** The most negative float32: what a score is lowered by where attention is not allowed. */
const LOWEST = -3.4028234663852886e38;

/**
 * The images as a tensor.
 *
 * @returns [B, C, H, W] float32, owned by the caller
 * @throws ShapeError on another rank or dtype
 */
export function pixelTensor(where: string, pixelValues: Tensor4D | PixelValues): Tensor4D {
  requirePixelValues(where, pixelValues);
  if (!isOutside(pixelValues)) return pixelValues.clone();
  return tensor4d(plainArray(Float32Array, pixelValues.data), [...pixelValues.shape]);
}

/**
 * What the caller should know about an image size that is no multiple of the patch size.
 *
 * @param shape [B, C, H, W] of the pixel values
 */
export function sizeWarnings(
  shape: readonly number[],
  [patchHeight, patchWidth]: readonly [number, number],
): string[] {
  const [, , H, W] = dimensions(shape, 4, 'pixelValues');
  const rows = H % patchHeight;
  const columns = W % patchWidth;
  if (rows === 0 && columns === 0) return [];
  return [
    `pixelValues: ${H}×${W} pixels are no multiple of the ${patchHeight}×${patchWidth} patch; the last ${rows} rows and ${columns} columns are not seen`,
  ];
}

/** What of a model's inside a forward pass returns. */
export interface Wanted {
  /** which of the L + 1 states of the residual stream, in the order asked for */
  readonly states: readonly number[] | undefined;
  readonly attentions: boolean;
}

/**
 * What the options of a forward pass ask for, or the configuration where they say nothing.
 *
 * @throws OptionError on a hidden state that doesn't exist, which transformers would drop
 */
export function wantedInternals(where: string, options: OutputOptions, config: ModelConfig): Wanted {
  const { outputHiddenStates = config.outputHiddenStates, outputAttentions = config.outputAttentions } =
    options;
  return {
    states: stateIndices(where, outputHiddenStates, config.numHiddenLayers),
    attentions: outputAttentions,
  };
}

/** The names of tensors that are wanted of a model of L blocks. */
export function internalNames({ states = [], attentions }: Wanted, depth: number): string[] {
  const blocks = Array.from({ length: attentions ? depth : 0 }, (_, i) => `attentions.${i}`);
  return [...states.map((i) => `hidden_states.${i}`), ...blocks];
}

function stateIndices(
  where: string,
  wanted: boolean | number | readonly number[],
  depth: number,
): number[] | undefined {
  if (wanted === false) return undefined;
  if (wanted === true) return Array.from({ length: depth + 1 }, (_, i) => i);
  const refuse = (got: unknown): never => {
    throw new OptionError(
      `${where}: outputHiddenStates must be true, false or integers from ${-depth - 1} to ${depth}, got ${got}`,
    );
  };
  const indices = typeof wanted === 'number' ? [wanted] : wanted;
  if (!Array.isArray(indices)) return refuse(typeof wanted);
  return indices.map((index: number) => {
    const positive = index < 0 ? index + depth + 1 : index;
    return Number.isSafeInteger(positive) && positive >= 0 && positive <= depth ? positive : refuse(index);
  });
}

/**
 * An attention mask in the form the layers add to their scores.
 *
 * @param B batch size
 * @param T tokens
 * @returns [B or 1, 1, 1 or T, T] float32, owned by the caller
 */
export function additiveMask(where: string, mask: Tensor, B: number, T: number): Tensor4D {
  const [first, heads, queries, keys] = mask.rank === 2 ? [mask.shape[0], 1, 1, mask.shape[1]] : mask.shape;
  const fits =
    (first === B || (first === 1 && mask.rank === 4)) &&
    heads === 1 &&
    (queries === 1 || queries === T) &&
    keys === T;
  if ((mask.rank !== 2 && mask.rank !== 4) || !fits) {
    throw new ShapeError(
      `${where}: attentionMask must be [${B}, ${T}] or [${B} or 1, 1, 1 or ${T}, ${T}] (${T} tokens, CLS and registers included), got [${mask.shape.join(', ')}]`,
    );
  }
  return tidy(() => {
    const shaped: Tensor4D = reshape(mask, [first, heads, queries, keys]);
    if (mask.rank === 4 && mask.dtype === 'float32') return shaped;
    const allowed = cast(cast(shaped, 'bool'), 'float32');
    return mul(add(mul(allowed, -1), 1), LOWEST) as Tensor4D;
  });
}
