/** The configuration of a timm model whose layers are DINOv2's. */
import { ConfigError } from '../../../../errors/errors.ts';
import { wrongSetting } from '../../../../errors/wrong-setting.ts';
import type { ActivationName } from '../../../../ops/activations.ts';
import { integerField } from '../../../../options/field-readers.ts';
import type { TimmFile } from '../../../../sources/timm-file.ts';
import type { TensorShapes } from '../../../heads/head.ts';
import type { ResolvedConfig } from '../../../loading/family-files.ts';
import { sizeField } from '../../../model/config-readers.ts';
import { bothAxes } from '../../../model/model-config.ts';
import { assumptions } from '../assumptions.ts';
import type { Dinov2Config } from '../dinov2-config.ts';
import { type Dinov2ConfigFields, definedFields } from '../dinov2-fields.ts';
import { inferConfig } from '../infer-config.ts';
import { TIMM_ARCHITECTURES, type TimmArguments, timmArguments } from './timm-architectures.ts';
import { requireDinov2Layers } from './timm-layers.ts';

/** timm's names of activations that transformers has, too; `VisionTransformer` has GELU where nothing is said. */
const ACTIVATIONS: Readonly<Record<string, ActivationName>> = {
  gelu: 'gelu',
  gelu_tanh: 'gelu_pytorch_tanh',
  quick_gelu: 'quick_gelu',
  silu: 'silu',
  swish: 'silu',
  mish: 'mish',
  relu: 'relu',
  relu6: 'relu6',
  sigmoid: 'sigmoid',
  tanh: 'tanh',
};

/** The arguments a file of timm stands for: the architecture's, changed as the file says, as `create_model` does. */
export function argumentsOf({ where, architecture, modelArgs, pretrainedCfg }: TimmFile): TimmArguments {
  const defaults = timmArguments(architecture);
  if (defaults === undefined) {
    wrongSetting(
      `${where}: architecture`,
      `${TIMM_ARCHITECTURES}, whose layers can be DINOv2's`,
      architecture,
    );
  }
  const { num_classes, global_pool, fixed_input_size, input_size } = pretrainedCfg;
  const sides: unknown[] = Array.isArray(input_size) ? input_size.slice(1) : [];
  return {
    ...present({ num_classes, global_pool }),
    ...(fixed_input_size === true && sides.length === 2 && { img_size: sides }),
    ...defaults,
    ...present(modelArgs),
  };
}

function present(args: TimmArguments): TimmArguments {
  return Object.fromEntries(
    Object.entries(args).filter(([, value]) => value !== undefined && value !== null),
  );
}

/**
 * The trained size, which counts only where the positions of the checkpoint are of its grid: timm resamples others as it
 * loads them, this library as it runs.
 */
function trainedSize(args: TimmArguments, tensors: TensorShapes, where: string): Dinov2ConfigFields {
  const size = sizeField(args.img_size ?? 224, `${where}: img_size`);
  const [, , patchHeight = 1, patchWidth = 1] = tensors.get('patch_embed.proj.weight')?.shape ?? [];
  const [height, width] = bothAxes(size);
  const patches = Math.floor(height / patchHeight) * Math.floor(width / patchWidth);
  if (tensors.get('pos_embed')?.shape[1] !== 1 + patches) return {};
  return { imageSize: height === width ? height : size };
}

function activation(args: TimmArguments, where: string): ActivationName {
  const name = args.act_layer ?? 'gelu';
  const lower = typeof name === 'string' ? name.toLowerCase() : '';
  const found = Object.hasOwn(ACTIVATIONS, lower) ? ACTIVATIONS[lower] : undefined;
  if (found !== undefined) return found;
  return wrongSetting(`${where}: act_layer`, `one of ${Object.keys(ACTIVATIONS).join(', ')}`, name);
}

/** timm's names of numbers that a configuration has, too. */
const COUNTS = {
  embed_dim: 'hiddenSize',
  depth: 'numHiddenLayers',
  num_heads: 'numAttentionHeads',
  reg_tokens: 'numRegisterTokens',
  in_chans: 'numChannels',
} as const;

/**
 * The sizes a file says itself, and depth and heads of its architecture where the checkpoint is as wide. Of other sizes than the
 * architecture's, arguments were given to `create_model` in code, and the tensors say all of them but the heads.
 */
function sizes(
  { where, modelArgs }: TimmFile,
  args: TimmArguments,
  tensors: TensorShapes,
): Dinov2ConfigFields {
  const isAsWide = tensors.get('cls_token')?.shape.at(-1) === args.embed_dim;
  const said: TimmArguments = present({
    ...(isAsWide && { depth: args.depth, num_heads: args.num_heads }),
    ...modelArgs,
  });
  const found = Object.entries(COUNTS).flatMap(([theirs, ours]) =>
    said[theirs] === undefined ? [] : [[ours, integerField(0)(said[theirs], `${where}: ${theirs}`)]],
  );
  const { patch_size: patch } = said;
  return {
    ...Object.fromEntries(found),
    ...(patch !== undefined && { patchSize: sizeField(patch, `${where}: patch_size`) }),
  };
}

/** Labels by the number of their class, where the file names as many as there are. */
function labels({ labelNames }: TimmFile, args: TimmArguments, where: string): Dinov2ConfigFields {
  const numLabels = integerField(0)(args.num_classes ?? 1000, `${where}: num_classes`);
  if (numLabels === 0) return {};
  return { numLabels, ...(labelNames?.length === numLabels && { id2label: { ...labelNames } }) };
}

/**
 * The configuration that a `config.json` of timm and the tensors beside it give together.
 *
 * The file says what tensors do not, the heads above all; the tensors say what the file leaves to code, such as SwiGLU, which
 * models of pathology are built with by an argument of `create_model`.
 *
 * @param tensors under our names; of the values nothing is read
 * @param given fields that differ from the file's
 * @throws ConfigError naming what is not of DINOv2's layers, or can't be used
 */
export function timmConfig(
  file: TimmFile,
  tensors: TensorShapes,
  given: Dinov2ConfigFields = {},
): ResolvedConfig<Dinov2Config> {
  const { where } = file;
  const args = argumentsOf(file);
  requireDinov2Layers(args, where);
  if (!tensors.has('blocks.0.ls1.gamma')) {
    throw new ConfigError(
      `${where}: init_values: expected a checkpoint with layer scale (blocks.0.ls1.gamma), as of DINOv2's layers, got none; timm runs this model, this library does not`,
    );
  }
  const isSwiGLU = tensors.has('blocks.0.mlp.w12.weight');
  const act = activation(args, where);
  if (isSwiGLU && args.act_layer !== undefined && act !== 'silu') {
    wrongSetting(`${where}: act_layer`, 'silu in SwiGLU', args.act_layer);
  }
  const config = inferConfig(tensors, where, {
    ...sizes(file, args, tensors),
    hiddenAct: isSwiGLU ? 'gelu' : act,
    layerNormEps: 1e-6,
    positionInterpolation: 'timm',
    ...trainedSize(args, tensors, where),
    ...labels(file, args, where),
    ...definedFields(given),
  });
  return {
    config,
    warnings: [
      ...(isSwiGLU && args.act_layer === undefined ? [`${where}: ${SWIGLU}`] : []),
      ...(config.inferred.includes('numAttentionHeads') ? [assumptions(config, where) ?? ''] : []),
    ],
  };
}

const SWIGLU =
  'the checkpoint has SwiGLU, of which the file says nothing; its activation is assumed to be SiLU';
