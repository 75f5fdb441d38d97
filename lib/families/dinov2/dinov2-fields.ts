/** The fields of a DINOv2 configuration: each with what reads it, its default, and how it is written. */
import { closest } from '../../../errors/closest.ts';
import { ConfigError } from '../../../errors/errors.ts';
import { shown } from '../../../errors/shown.ts';
import { ACTIVATIONS, type ActivationName } from '../../../ops/activations.ts';
import {
  booleanField,
  choiceField,
  type FieldReader,
  integerField,
  listField,
  numberField,
  stringField,
} from '../../../options/field-readers.ts';
import { type FieldTable, field, type ValuesOf } from '../../../options/field-table.ts';
import { sameName } from '../../../options/known-options.ts';
import { id2labelField, problemTypeField, sizeField } from '../../model/config-readers.ts';
import { bothAxes, type ImageSize } from '../../model/model-config.ts';
import type { Stages } from './stages.ts';

/** The two model types of transformers; what they differ in is said at the fields. */
export type Dinov2ModelType = 'dinov2' | 'dinov2_with_registers';

/** The names of `PositionInterpolation`. */
export const POSITION_INTERPOLATIONS = ['hf', 'original', 'timm'] as const;

/**
 * Whose way of resampling the position table is followed.
 *
 * `hf`: transformers. `original`: facebookresearch/dinov2. `timm`: timm. They agree at the trained size and, for
 * models with registers, at every size.
 */
export type PositionInterpolation = (typeof POSITION_INTERPOLATIONS)[number];

const ACTIVATION_NAMES = Object.keys(ACTIVATIONS) as ActivationName[];

const modelTypeField: FieldReader<Dinov2ModelType> = (value, where) => {
  if (value === 'dinov2' || value === 'dinov2_with_registers') return value;
  throw new ConfigError(
    `${where}: expected "dinov2" or "dinov2_with_registers", got ${shown(value)}; this library has DINOv2 models only`,
  );
};

/** Many times what any model has. A file that asks for billions would have them all listed before it is refused. */
const MAX_LAYERS = 1000;
const MAX_LABELS = 1_000_000;

const writeSize = (size: ImageSize | undefined) =>
  typeof size === 'number' ? size : [...bothAxes(size ?? 0)];

/** Writes a field that transformers' classes have not, or leave out, where it has its default. */
const unless = <T extends string | number | boolean>(usual: T) => ({
  write: (value: T): T | undefined => (value === usual ? undefined : value),
});

const unwritten = { write: () => undefined };

/** Every field; of those whose default is undefined, `resolveFields` has the rule. */
export const FIELDS = {
  /** default `dinov2` */
  modelType: field(modelTypeField, 'dinov2'),
  /** D; default 768 */
  hiddenSize: field(integerField(1), 768),
  /** L; default 12 */
  numHiddenLayers: field(integerField(0, MAX_LAYERS), 12),
  /** A; default 12 */
  numAttentionHeads: field(integerField(1), 12),
  /** K, the size of a head; default D/A */
  headDim: field<number | undefined>(integerField(1), undefined, {
    write: (size, { numAttentionHeads, hiddenSize }) =>
      Number(size) * Number(numAttentionHeads) === hiddenSize ? undefined : size,
  }),
  /** F/D; default 4 */
  mlpRatio: field(numberField(0), 4),
  /** the activation of the MLP; SwiGLU always uses SiLU; default `gelu` (erf form) */
  hiddenAct: field(choiceField(ACTIVATION_NAMES, `one of ${ACTIVATION_NAMES.join(', ')}`), 'gelu'),
  /** of training; kept, not used; default 0 */
  hiddenDropoutProb: field(numberField(0), 0),
  /** of training; kept, not used; default 0 */
  attentionProbsDropoutProb: field(numberField(0), 0),
  /** standard deviation of the initial weights; default 0.02 */
  initializerRange: field(numberField(0), 0.02),
  /** default 1e-6 */
  layerNormEps: field(numberField(0), 1e-6),
  /** pixels of the trained size, which gives the table of positions; default 224, but 518 in the published models */
  imageSize: field<ImageSize>(sizeField, 224, { write: writeSize }),
  /** pixels; default 14, but 16 for `dinov2_with_registers` */
  patchSize: field<ImageSize | undefined>(sizeField, undefined, { write: writeSize }),
  /** C; default 3 */
  numChannels: field(integerField(1), 3),
  /** default true */
  qkvBias: field(booleanField, true),
  /** what layer scale starts at; default 1 */
  layerscaleValue: field(numberField(-Infinity), 1),
  /** of training; kept, not used; default 0 */
  dropPathRate: field(numberField(0), 0),
  /** default false */
  useSwigluFfn: field(booleanField, false),
  /** R; default 0, but 4 for `dinov2_with_registers` */
  numRegisterTokens: field<number | undefined>(integerField(0), undefined, {
    write: (count, { modelType }) => (count === 0 && modelType === 'dinov2' ? undefined : count),
  }),
  /** whether a backbone normalises its feature maps; default true */
  applyLayernorm: field(booleanField, true),
  /** whether a backbone returns maps [B, D, h, w] rather than tokens; default true */
  reshapeHiddenStates: field(booleanField, true),
  /** whether the model has a token for masked patches; default true */
  useMaskToken: field(booleanField, true, {
    write: (uses, { modelType }) => (uses && modelType !== 'dinov2' ? undefined : uses),
  }),
  /** the stages a backbone returns; default the last */
  outFeatures: field<readonly string[] | undefined>(listField(stringField), undefined),
  /** the same by index */
  outIndices: field<readonly number[] | undefined>(listField(integerField(-Infinity)), undefined),
  /** number of labels of a classifier; default that of `id2label`, or 2; 0 returns the features */
  numLabels: field<number | undefined>(integerField(0, MAX_LABELS), undefined, unwritten),
  /** what the labels mean; default `LABEL_0`, … */
  id2label: field<Readonly<Record<number, string>> | undefined>(id2labelField, undefined, unwritten),
  /**
   * n, the layers whose CLS token a classifier reads, the last ones: 4 for the larger of the original code's two
   * ImageNet heads; default 1; not a field of transformers, whose classifiers read the last layer only
   */
  numClassifierLayers: field(integerField(1, MAX_LAYERS), 1, unless(1)),
  /** the loss of a classifier; by default found from the labels, as transformers does */
  problemType: field<ReturnType<typeof problemTypeField> | undefined>(problemTypeField, undefined),
  /** the default of the forward option; default false */
  outputHiddenStates: field(booleanField, false, unless(false)),
  /** the default of the forward option; default false */
  outputAttentions: field(booleanField, false, unless(false)),
  /** whose position resampling is followed; default `hf`; not a field of transformers */
  positionInterpolation: field(
    choiceField(POSITION_INTERPOLATIONS, 'hf, original or timm'),
    'hf',
    unless<PositionInterpolation>('hf'),
  ),
} satisfies FieldTable;

/** The fields a configuration can be built from; every one is optional and has transformers' default. */
export interface Dinov2ConfigFields extends Partial<ValuesOf<typeof FIELDS>> {}

/** The fields that a configuration has whatever is given. */
type Certain = Required<Omit<ValuesOf<typeof FIELDS>, 'outFeatures' | 'outIndices' | 'problemType'>>;

/** The values of a configuration. */
export type Dinov2ConfigValues = { readonly [Name in keyof Certain]: NonNullable<Certain[Name]> } & {
  readonly stages: Stages;
} & Pick<ValuesOf<typeof FIELDS>, 'problemType'>;

/** A field of which tensors keep no trace. */
export type UntracedField = 'numAttentionHeads' | 'hiddenAct' | 'layerNormEps' | 'imageSize';

/** Fields that options of `fromPretrained` may give. */
export const CHOSEN_FIELDS = [
  'positionInterpolation',
  'outFeatures',
  'outIndices',
  'applyLayernorm',
  'reshapeHiddenStates',
  'outputHiddenStates',
  'outputAttentions',
  'problemType',
] as const satisfies (keyof Dinov2ConfigFields)[];

/** Numbers that are floats in Python, by their names in `config.json`. */
export const FLOAT_FIELDS: readonly string[] = [
  'attention_probs_dropout_prob',
  'drop_path_rate',
  'hidden_dropout_prob',
  'initializer_range',
  'layer_norm_eps',
  'layerscale_value',
];

/** The fields that have a value; what is undefined says nothing. */
export function definedFields(fields: Dinov2ConfigFields): Dinov2ConfigFields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Their names. */
export const FIELD_NAMES: readonly string[] = Object.keys(FIELDS);

/**
 * A misspelt field, passed over, would leave its default in place unnoticed.
 *
 * @throws ConfigError if there is a field that is not known
 */
export function requireKnownFields(fields: object): void {
  for (const name of Object.keys(fields)) {
    if (FIELD_NAMES.includes(name)) continue;
    throw new ConfigError(`config: expected fields of Dinov2ConfigFields, got ${name}; ${remedyFor(name)}`);
  }
}

function remedyFor(name: string): string {
  if (name === 'stages') return 'change a configuration by its method with()';
  const same = sameName(name, FIELD_NAMES);
  if (same !== undefined) return `write ${same}, or read a config.json by Dinov2Config.fromJSON`;
  const near = closest(name, FIELD_NAMES);
  return near === undefined ? `there are ${FIELD_NAMES.join(', ')}` : `write ${near}`;
}
