/** The options every verb that loads a model has. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { DEVICES, type Device } from '../backends/devices.ts';
import { ENGINES } from '../graph/engines/compile-graph.ts';
import { PROCESSOR_BACKENDS, type ProcessorBackend } from '../images/processor-backend.ts';
import type { PositionInterpolation } from '../lib/families/dinov2/dinov2-fields.ts';

/** The parsed values of `addWeightsOptions`. */
export interface WeightsVerbOptions {
  weightsKey?: string;
  prefix?: string;
  ignore?: string[];
}

/** The parsed values of `addModelOptions`. */
export interface ModelOptions extends WeightsVerbOptions {
  model: string;
  backend: Device;
  threads?: number;
  halfWeights?: boolean;
  engine: 'tfjs' | 'onnxruntime';
  executionProvider?: string[];
  processor?: ProcessorBackend;
  numAttentionHeads?: number;
  positionInterpolation?: PositionInterpolation;
  revision?: string;
  subfolder?: string;
  cacheDir?: string;
  offline?: boolean;
}

/** Parses a positive integer; commander reports what it throws as a usage error. */
export function positiveInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new InvalidArgumentError('expected a positive integer');
  return value;
}

/** Parses a number of at least zero. */
export function nonNegativeNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value) || value < 0) {
    throw new InvalidArgumentError('expected a number of at least 0');
  }
  return value;
}

/** Where a repository is found and kept. */
export function addSourceOptions(command: Command): Command {
  return command
    .option('--revision <name>', 'branch, tag or commit of a Hub repository')
    .option('--subfolder <folder>', 'the folder in the source that all its files are in')
    .option('--cache-dir <folder>', "folder of the Hub's cache")
    .option('--offline', 'use only what is in the cache or on this machine');
}

/** Which tensors of a file are the weights. */
export function addWeightsOptions(command: Command): Command {
  return command
    .option(
      '--weights-key <key>',
      'container of a PyTorch file to take the weights from, as in state_dict_ema',
    )
    .option(
      '--prefix <text>',
      'what stands before the names of the weights, as in encoder.vit.; others are left out',
    )
    .option(
      '--ignore <globs...>',
      "tensors to leave out that are no part of the model, as in 'fc.*'; '*' for all",
    );
}

/** How a model computes. */
export function addDeviceOptions(command: Command): Command {
  return command
    .addOption(new Option('--backend <name>', 'what computes').choices([...DEVICES]).default('auto'))
    .option(
      '--threads <n>',
      'threads of simd, TensorFlow and ONNX Runtime (default: the number of cores)',
      positiveInteger,
    )
    .option(
      '--half-weights',
      'keep float16 and bfloat16 weights in 16 bits: half the memory, a little slower',
    );
}

/** Which engine runs the model. */
export function addEngineOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--engine <name>', 'what runs the model: TF.js, or ONNX Runtime where it is installed')
        .choices(['tfjs', ...ENGINES])
        .default('tfjs'),
    )
    .option(
      '--execution-provider <names...>',
      'what ONNX Runtime computes with, such as cuda, coreml or dml (default: the processor)',
    );
}

/** Adds `--model` and everything that says how it is found and run. */
export function addModelOptions(command: Command): Command {
  command.requiredOption('-m, --model <model>', 'folder, Hub id or page, URL, .safetensors or .pth file');
  addWeightsOptions(command);
  addDeviceOptions(command);
  addEngineOptions(command);
  command
    .addOption(
      new Option(
        '--processor <name>',
        'whose image processing to follow (default: torchvision; timm for a repository of timm)',
      ).choices([...PROCESSOR_BACKENDS]),
    )
    .addOption(
      new Option('--position-interpolation <source>', 'whose resampling of positions to follow').choices([
        'hf',
        'original',
        'timm',
      ]),
    );
  return addHeadsOption(addSourceOptions(command));
}

/** How many heads a model has that no file describes. */
export function addHeadsOption(command: Command): Command {
  return command.option(
    '--num-attention-heads <n>',
    'heads, where no config.json says how many (default: as in published models as wide, else heads of 64)',
    positiveInteger,
  );
}
