/** The options of every verb that loads a model. */
import {
  DEVICES,
  ENGINES,
  option,
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
export const DEVICE_OPTIONS = {
  backend: option.choice(DEVICES, { default: 'auto', flag: '--backend <name>', help: 'what computes' }),
};

/** How that computes. */
export const DEVICE_SETTINGS = {
  threads: option.positiveInteger({
    flag: '--threads <n>',
    help: 'threads of simd, TensorFlow and ONNX Runtime (default: the number of cores)',
  }),
  halfWeights: option.bool({
    flag: '--half-weights',
    help: 'keep float16 and bfloat16 weights in 16 bits: half the memory, a little slower',
  }),
};

/** Which engine runs the model. */
export const ENGINE_OPTIONS = {
  engine: option.choice(['tfjs', ...ENGINES], {
    default: 'tfjs',
    flag: '--engine <name>',
    help: 'what runs the model: TF.js, or ONNX Runtime where it is installed',
  }),
  executionProviders: option.value<string[]>({
    flag: '--execution-provider <names...>',
    help: 'what ONNX Runtime computes with, such as cuda, coreml or dml (default: the processor)',
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
  DEVICE_OPTIONS,
  DEVICE_SETTINGS,
  ENGINE_OPTIONS,
  PROCESSOR_OPTIONS,
  INTERPOLATION_OPTIONS,
  REPOSITORY_OPTIONS,
  FIELD_OPTIONS,
];
