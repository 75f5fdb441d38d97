/** The tensors of an output by the names that references and graphs have for them. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { Dinov2Config } from '../families/dinov2/configuration/dinov2-config.ts';
import { BackboneOutput, Dinov2ModelOutput, ImageClassifierOutput, type ModelOutput } from './outputs.ts';

/**
 * Names every tensor of an output: `last_hidden_state`, `pooler_output`, `logits`, `loss`, `feature_maps.{stage}`,
 * `hidden_states.{i}`, `attentions.{i}`.
 *
 * @param hiddenStates which states of the residual stream the output has, if not all
 * @returns the output's own tensors
 */
export function namedTensors(
  output: ModelOutput,
  config: Dinov2Config,
  hiddenStates?: readonly number[],
): Map<string, Tensor> {
  const named = new Map<string, Tensor>();
  if (output instanceof Dinov2ModelOutput) {
    named.set('last_hidden_state', output.lastHiddenState);
    named.set('pooler_output', output.poolerOutput);
  }
  if (output instanceof ImageClassifierOutput) {
    if (output.loss !== undefined) named.set('loss', output.loss);
    named.set('logits', output.logits);
  }
  if (output instanceof BackboneOutput) {
    for (const [i, map] of output.featureMaps.entries()) {
      named.set(`feature_maps.${config.stages.outFeatures[i] ?? i}`, map);
    }
  }
  for (const [i, state] of (output.hiddenStates ?? []).entries()) {
    named.set(`hidden_states.${hiddenStates?.[i] ?? i}`, state);
  }
  for (const [i, weights] of (output.attentions ?? []).entries()) named.set(`attentions.${i}`, weights);
  return named;
}
