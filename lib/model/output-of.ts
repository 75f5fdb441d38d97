/** Outputs made of tensors by their names; `named-tensors.ts` is the other way round. */
import type { Tensor, Tensor2D, Tensor3D, Tensor4D } from '@tensorflow/tfjs-core';
import type { AnyModel } from '../families/any-model.ts';
import { bothAxes } from '../families/dinov2/configuration/config-fields.ts';
import { Dinov2Backbone } from '../families/dinov2/dinov2-backbone.ts';
import { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { type ForwardOptions, hiddenStateIndices, sizeWarnings } from './forward-options.ts';
import {
  BackboneOutput,
  Dinov2ModelOutput,
  ImageClassifierOutput,
  type Internals,
  type ModelOutput,
} from './outputs.ts';

/** What a forward pass was asked for, and of what. */
export interface OutputRequest extends Pick<ForwardOptions, 'outputHiddenStates' | 'outputAttentions'> {
  /** what a classifier's loss is computed against */
  readonly labels?: Tensor | undefined;
  /** [B, C, H, W] of the pixel values */
  readonly shape: readonly number[];
}

/**
 * The output that a model's forward pass would have.
 *
 * @param tensor gives the tensor of a name; the output owns it
 */
export function outputOf(
  model: AnyModel,
  tensor: (name: string) => Tensor,
  request: OutputRequest,
): ModelOutput {
  const { config } = model;
  const internals = internalsOf(model, tensor, request);
  if (model instanceof Dinov2Backbone) {
    const maps = config.stages.outFeatures.map((stage) => tensor(`feature_maps.${stage}`));
    return new BackboneOutput(maps as (Tensor3D | Tensor4D)[], internals);
  }
  if (model instanceof Dinov2ForImageClassification) {
    const logits = tensor('logits') as Tensor2D;
    return new ImageClassifierOutput({ logits, loss: model.loss(logits, request.labels) }, internals);
  }
  const tensors = {
    lastHiddenState: tensor('last_hidden_state') as Tensor3D,
    poolerOutput: tensor('pooler_output') as Tensor2D,
  };
  return new Dinov2ModelOutput(tensors, internals);
}

function internalsOf(
  { config }: AnyModel,
  tensor: (name: string) => Tensor,
  request: OutputRequest,
): Internals {
  const {
    outputHiddenStates = config.outputHiddenStates,
    outputAttentions = config.outputAttentions,
    shape,
  } = request;
  const depth = config.numHiddenLayers;
  const states = hiddenStateIndices('forward', outputHiddenStates, depth);
  const blocks = outputAttentions ? Array.from({ length: depth }, (_, i) => i) : undefined;
  return {
    hiddenStates: states?.map((i) => tensor(`hidden_states.${i}`) as Tensor3D),
    attentions: blocks?.map((i) => tensor(`attentions.${i}`) as Tensor4D),
    warnings: sizeWarnings(shape, bothAxes(config.patchSize)),
  };
}
