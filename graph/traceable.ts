/** Models that can be traced and compiled. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import type { PixelValues } from '../images/pixel-values.ts';
import type { Precision } from '../ops/precision.ts';
import type { Program } from './record/record.ts';

/** Which internals a forward pass returns. */
export interface OutputOptions {
  /** true for all L + 1 states, or the indices wanted, negative from the end; default: the configuration's */
  outputHiddenStates?: boolean | number | readonly number[] | undefined;
  /** whether to return the attention weights of every block; default: the configuration's */
  outputAttentions?: boolean | undefined;
}

/** What a forward pass returns. */
export interface TraceableOutput {
  /** every tensor of it, owned by the caller */
  readonly tensors: Tensor[];
}

/**
 * A model whose forward pass can be traced.
 *
 * Tensors have the names of references: the inputs `pixel_values` [B, C, H, W], `bool_masked_pos` [B, N] and
 * `attention_mask`; the outputs `last_hidden_state`, `pooler_output`, `logits`, `feature_maps.{stage}`,
 * `hidden_states.{i}`, `attentions.{i}`.
 */
export interface Traceable {
  /** the name of its class, for messages */
  readonly architecture: string;
  readonly config: unknown;
  /** what the linear weights of its blocks are rounded to */
  readonly precision: Precision;
  /** every weight by its name; owned by the model */
  readonly parameters: ReadonlyMap<string, Tensor>;
  /** the options that `forward` takes */
  readonly forwardOptions: readonly string[];
  /** those of them that mean something only while the pass runs on TF.js, and that no recorded pass has */
  readonly eagerOptions: readonly string[];

  forward(pixelValues: Tensor4D | PixelValues, options?: object): TraceableOutput;

  /**
   * The forward pass as a function of tensors by name; the two masks may be left out.
   *
   * @returns a program with the outputs of `outputNames`
   * @throws OptionError on a hidden state that doesn't exist
   */
  program(options: OutputOptions): Program;

  /**
   * The names of the outputs in the order in which they are asked for, in which a hidden state may stand twice.
   *
   * @param where the caller's name, for error messages
   * @throws OptionError on a hidden state that doesn't exist
   */
  outputNames(where: string, options: OutputOptions): string[];

  /**
   * What `forward` would return, made of tensors that were computed elsewhere.
   *
   * @param named a tensor for each of `outputNames`; owned by the output
   * @param options as `forward` takes them, such as labels for a loss
   * @param shape [B, C, H, W] of the pixel values
   */
  outputOf(named: ReadonlyMap<string, Tensor>, options: object, shape: readonly number[]): TraceableOutput;
}

/** Whether a value is such a model. */
export function isTraceable(value: unknown): value is Traceable {
  const isObject = typeof value === 'object' && value !== null;
  return isObject && 'program' in value && 'outputNames' in value && 'outputOf' in value;
}
