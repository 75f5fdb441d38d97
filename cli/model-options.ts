/** The options of every verb that loads a model. */
import {
  DEVICE_OPTIONS,
  DEVICES,
  ENGINES,
  ONNX_RUNTIME_OPTIONS,
  option,
  PRECISION_OPTIONS,
  PROCESSOR_OPTIONS,
  REPOSITORY_OPTIONS,
  WEIGHTS_OPTIONS,
} from '../lib/index.ts';

/** Which model. */
export const MODEL_OPTIONS = {
  model: option.required(
    option.text({
      flag: '-m, --model <model>',
      help: 'folder, Hub id or page, URL, .safetensors or .pth file',
    }),
  ),
};

/** What computes. */
export const BACKEND_OPTIONS = {
  backend: option.choice(DEVICES, { default: 'auto', flag: '--backend <name>', help: 'what computes' }),
};

/** Which engine runs the model. */
export const ENGINE_OPTIONS = {
  engine: option.choice(['tfjs', 'auto', ...ENGINES], {
    default: 'tfjs',
    flag: '--engine <name>',
    help: 'what runs the model: TF.js, ONNX Runtime, or auto: ONNX Runtime where it is installed, else TF.js',
  }),
};

/** What a model may have otherwise than its configuration. */
export const INTERPOLATION_OPTIONS = {
  positionInterpolation: option.choice(['hf', 'original', 'timm'], {
    flag: '--position-interpolation <source>',
    help: 'whose resampling of positions to follow',
  }),
};

/** Fields of a configuration that no file may say. */
export const FIELD_OPTIONS = {
  numAttentionHeads: option.positiveInteger({
    flag: '--num-attention-heads <n>',
    help: 'heads, where no config.json says how many (default: as in published models as wide, else heads of 64)',
  }),
};

/** Which model, and everything that says how it is found and run. */
export const MODEL_TABLES: readonly option.Table[] = [
  MODEL_OPTIONS,
  WEIGHTS_OPTIONS,
  BACKEND_OPTIONS,
  DEVICE_OPTIONS,
  PRECISION_OPTIONS,
  ENGINE_OPTIONS,
  ONNX_RUNTIME_OPTIONS,
  PROCESSOR_OPTIONS,
  INTERPOLATION_OPTIONS,
  REPOSITORY_OPTIONS,
  FIELD_OPTIONS,
];

/** The same of verbs that need a model on TF.js. */
export const TFJS_MODEL_TABLES: readonly option.Table[] = MODEL_TABLES.filter(
  (table) => table !== ENGINE_OPTIONS && table !== ONNX_RUNTIME_OPTIONS,
);
