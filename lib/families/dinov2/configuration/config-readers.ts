/** The names of a configuration's fields, and what reads each from a `config.json`. */
import { ConfigError } from '../../../../errors/errors.ts';
import { shown } from '../../../../errors/shown.ts';
import { ACTIVATIONS, type ActivationName, isActivationName } from '../../../../ops/activations.ts';
import {
  booleanField,
  type FieldReader,
  integerField,
  listField,
  numberField,
  stringField,
} from '../../../../options/field-readers.ts';
import { id2labelField, problemTypeField, sizeField } from './config-fields.ts';
import type { Dinov2ModelType, PositionInterpolation } from './dinov2-config-fields.ts';

const activationField: FieldReader<ActivationName> = (value, where) => {
  if (typeof value === 'string' && isActivationName(value)) return value;
  throw new ConfigError(
    `${where}: expected one of ${Object.keys(ACTIVATIONS).join(', ')}, got ${shown(value)}`,
  );
};

const modelTypeField: FieldReader<Dinov2ModelType> = (value, where) => {
  if (value === 'dinov2' || value === 'dinov2_with_registers') return value;
  throw new ConfigError(
    `${where}: expected "dinov2" or "dinov2_with_registers", got ${shown(value)}; this library has DINOv2 models only`,
  );
};

const positionInterpolationField: FieldReader<PositionInterpolation> = (value, where) => {
  if (value === 'hf' || value === 'original' || value === 'timm') return value;
  throw new ConfigError(`${where}: expected hf, original or timm, got ${shown(value)}`);
};

/** Many times what any model has. A file that asks for billions would have them all listed before it is refused. */
const MAX_LAYERS = 1000;
const MAX_LABELS = 1_000_000;

/** Every field with its reader, by its name in `config.json`. */
export const READERS = {
  model_type: modelTypeField,
  hidden_size: integerField(1),
  num_hidden_layers: integerField(0, MAX_LAYERS),
  num_attention_heads: integerField(1),
  head_dim: integerField(1),
  mlp_ratio: numberField(0),
  hidden_act: activationField,
  hidden_dropout_prob: numberField(0),
  attention_probs_dropout_prob: numberField(0),
  initializer_range: numberField(0),
  layer_norm_eps: numberField(0),
  image_size: sizeField,
  patch_size: sizeField,
  num_channels: integerField(1),
  qkv_bias: booleanField,
  layerscale_value: numberField(-Infinity),
  drop_path_rate: numberField(0),
  use_swiglu_ffn: booleanField,
  num_register_tokens: integerField(0),
  apply_layernorm: booleanField,
  reshape_hidden_states: booleanField,
  use_mask_token: booleanField,
  out_features: listField(stringField),
  out_indices: listField(integerField(-Infinity)),
  num_labels: integerField(0, MAX_LABELS),
  id2label: id2labelField,
  num_classifier_layers: integerField(1, MAX_LAYERS),
  problem_type: problemTypeField,
  output_hidden_states: booleanField,
  output_attentions: booleanField,
  position_interpolation: positionInterpolationField,
} satisfies Record<string, FieldReader<unknown>>;

/** A name of `config.json` as the field is called here. */
export function camelCase(name: string): string {
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

const FIELD_NAMES = Object.keys(READERS).map(camelCase);

/**
 * A misspelt field, passed over, would leave its default in place unnoticed.
 *
 * @throws ConfigError if there is a field that is not known
 */
export function requireKnownFields(fields: object): void {
  for (const name of Object.keys(fields)) {
    if (FIELD_NAMES.includes(name)) continue;
    const remedy =
      name === 'stages'
        ? 'change a configuration by its method with()'
        : name in READERS
          ? `write ${camelCase(name)}, or read a config.json by Dinov2Config.fromJSON`
          : `there are ${FIELD_NAMES.join(', ')}`;
    throw new ConfigError(`config: expected fields of Dinov2ConfigFields, got ${name}; ${remedy}`);
  }
}
