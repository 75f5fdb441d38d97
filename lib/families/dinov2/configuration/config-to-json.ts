/** A configuration as the object in a `config.json`. */
import type { JsonObject } from '../../../../options/json-object.ts';
import { bothAxes, type ImageSize } from '../../../model/model-config.ts';
import type { Dinov2Config } from './dinov2-config.ts';

/**
 * The fields as transformers' `save_pretrained` writes them, of a plain model or one with registers.
 *
 * As there, fields that every kind of model has are left out where they have their defaults: the outputs asked for,
 * the problem type, and two labels without names. Fields that transformers' class does not have are there only where
 * they matter. Who or what saved the model is not part of a configuration.
 *
 * Source: transformers 5.23.0, `configuration_utils.py`, `PreTrainedConfig.to_diff_dict`.
 */
export function configToJson(config: Dinov2Config): JsonObject {
  const withRegisters = config.modelType === 'dinov2_with_registers';
  const ids = Object.entries(config.id2label);
  const unnamed = ids.length === 2 && ids.every(([id, label]) => label === `LABEL_${id}`);
  return {
    apply_layernorm: config.applyLayernorm,
    attention_probs_dropout_prob: config.attentionProbsDropoutProb,
    drop_path_rate: config.dropPathRate,
    ...(config.headDim * config.numAttentionHeads !== config.hiddenSize && { head_dim: config.headDim }),
    hidden_act: config.hiddenAct,
    hidden_dropout_prob: config.hiddenDropoutProb,
    hidden_size: config.hiddenSize,
    ...(!unnamed && { id2label: Object.fromEntries(ids) }),
    image_size: sizeToJson(config.imageSize),
    initializer_range: config.initializerRange,
    ...(!unnamed && { label2id: Object.fromEntries(ids.map(([id, label]) => [label, Number(id)])) }),
    layer_norm_eps: config.layerNormEps,
    layerscale_value: config.layerscaleValue,
    mlp_ratio: config.mlpRatio,
    model_type: config.modelType,
    num_attention_heads: config.numAttentionHeads,
    num_channels: config.numChannels,
    ...(config.numClassifierLayers !== 1 && { num_classifier_layers: config.numClassifierLayers }),
    num_hidden_layers: config.numHiddenLayers,
    ...((withRegisters || config.numRegisterTokens > 0) && { num_register_tokens: config.numRegisterTokens }),
    out_features: [...config.stages.outFeatures],
    out_indices: [...config.stages.outIndices],
    ...(config.outputAttentions && { output_attentions: true }),
    ...(config.outputHiddenStates && { output_hidden_states: true }),
    patch_size: sizeToJson(config.patchSize),
    ...(config.positionInterpolation !== 'hf' && { position_interpolation: config.positionInterpolation }),
    ...(config.problemType !== undefined && { problem_type: config.problemType }),
    qkv_bias: config.qkvBias,
    reshape_hidden_states: config.reshapeHiddenStates,
    stage_names: config.stageNames,
    ...((!withRegisters || !config.useMaskToken) && { use_mask_token: config.useMaskToken }),
    use_swiglu_ffn: config.useSwigluFfn,
  };
}

function sizeToJson(size: ImageSize): number | number[] {
  return typeof size === 'number' ? size : [...bothAxes(size)];
}
