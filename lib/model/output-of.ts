/** Outputs made of tensors by their names; `named-tensors.ts` is the inverse. */
import type { Tensor, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { OutputOptions } from '../../graph/traceable.ts';
import { bothAxes } from '../families/dinov2/configuration/config-fields.ts';
import type { Dinov2Config } from '../families/dinov2/configuration/dinov2-config.ts';
import { hiddenStateIndices, sizeWarnings } from './forward-options.ts';
import {
  BackboneOutput,
  Dinov2ModelOutput,
  ImageClassifierOutput,
  type Internals,
  type ModelOutput,
} from './outputs.ts';

/** What an output depends on beside its tensors. */
export interface OutputRequest extends OutputOptions {
  /** what a classifier's loss is computed against */
  readonly labels?: Tensor | undefined;
  /** [B, C, H, W] of the pixel values */
  readonly shape: readonly number[];
}

/** A model, as far as its outputs depend on it. */
interface Model {
  readonly config: Dinov2Config;
  /** of a classifier */
  loss?(logits: Tensor2D, labels: Tensor | undefined): Tensor | undefined;
  /** of a backbone */
  readonly outFeatures?: readonly string[];
}

/**
 * The names of the tensors of an output, without a loss.
 *
 * @throws OptionError on a hidden state that doesn't exist
 */
export function outputNames(model: Model, where: string, options: OutputOptions): string[] {
  const { states = [], blocks = [] } = internalIndices(model.config, where, options);
  return [
    ...(model.outFeatures?.map((stage) => `feature_maps.${stage}`) ??
      (model.loss === undefined ? ['last_hidden_state', 'pooler_output'] : ['logits'])),
    ...states.map((i) => `hidden_states.${i}`),
    ...blocks.map((i) => `attentions.${i}`),
  ];
}

/**
 * The output that a model's forward pass would have.
 *
 * @param named owned by the output
 */
export function outputOf(
  model: Model,
  named: ReadonlyMap<string, Tensor>,
  request: OutputRequest,
): ModelOutput {
  const taken = new Set<string>();
  const tensor = (name: string): Tensor => {
    const found = named.get(name);
    if (found === undefined) throw new Error(`internal: an output without ${name}`);
    if (taken.has(name)) return found.clone();
    taken.add(name);
    return found;
  };
  const { config } = model;
  const { states, blocks } = internalIndices(config, 'forward', request);
  const internals: Internals = {
    hiddenStates: states?.map((i) => tensor(`hidden_states.${i}`) as Tensor3D),
    attentions: blocks?.map((i) => tensor(`attentions.${i}`) as Tensor4D),
    warnings: sizeWarnings(request.shape, bothAxes(config.patchSize)),
  };
  if (model.outFeatures !== undefined) {
    const maps = model.outFeatures.map((stage) => tensor(`feature_maps.${stage}`));
    return new BackboneOutput(maps as (Tensor3D | Tensor4D)[], internals);
  }
  if (model.loss !== undefined) {
    const logits = tensor('logits') as Tensor2D;
    return new ImageClassifierOutput({ logits, loss: model.loss(logits, request.labels) }, internals);
  }
  const tensors = {
    lastHiddenState: tensor('last_hidden_state') as Tensor3D,
    poolerOutput: tensor('pooler_output') as Tensor2D,
  };
  return new Dinov2ModelOutput(tensors, internals);
}

function internalIndices(config: Dinov2Config, where: string, options: OutputOptions) {
  const { outputHiddenStates = config.outputHiddenStates, outputAttentions = config.outputAttentions } =
    options;
  const depth = config.numHiddenLayers;
  return {
    states: hiddenStateIndices(where, outputHiddenStates, depth),
    blocks: outputAttentions ? Array.from({ length: depth }, (_, i) => i) : undefined,
  };
}
