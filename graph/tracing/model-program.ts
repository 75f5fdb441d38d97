/** A model's forward pass as a program that can be traced. */
import type { DataId, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-core';
import type { AnyModel } from '../../lib/families/any-model.ts';
import { type ForwardOptions, hiddenStateIndices } from '../../lib/model/forward-options.ts';
import { namedTensors } from '../../lib/model/named-tensors.ts';
import type { NamedTensors, Program } from '../record/record.ts';

/** Which outputs a forward pass has. */
export type OutputOptions = Pick<ForwardOptions, 'outputHiddenStates' | 'outputAttentions'>;

/**
 * The forward pass of a model, from `pixel_values` [B, C, H, W] and, where they are among the inputs,
 * `bool_masked_pos` [B, N] and `attention_mask`, to the outputs by the names of `namedTensors`.
 */
export function modelProgram(model: AnyModel, options: OutputOptions): Program {
  const {
    outputHiddenStates = model.config.outputHiddenStates,
    outputAttentions = model.config.outputAttentions,
  } = options;
  const depth = model.config.numHiddenLayers;
  const indices = hiddenStateIndices('trace', outputHiddenStates, depth);
  return ({ pixel_values, bool_masked_pos, attention_mask }: NamedTensors): NamedTensors => {
    const output = model.forward(pixel_values as Tensor4D, {
      outputHiddenStates,
      outputAttentions,
      ...(bool_masked_pos && { boolMaskedPos: bool_masked_pos as Tensor2D }),
      ...(attention_mask && { attentionMask: attention_mask }),
    });
    return Object.fromEntries(namedTensors(output, model.config, indices));
  };
}

/** What a model's weights are called, by their data. */
export function parameterNames({ parameters }: AnyModel): Map<DataId, string> {
  return new Map([...parameters].map(([name, { dataId }]: [string, Tensor]) => [dataId, name]));
}
