/** Loading what a verb needs, with progress. */

import {
  type AnyModel,
  BitImageProcessor,
  compile,
  DINOV2_PROCESSOR,
  type Dinov2ConfigFields,
  findEngine,
  type LoadOptions,
  OptionError,
  type RepositoryOptions,
  type Runnable,
  setDevice,
  type WeightsOptions,
} from '../lib/index.ts';
import type { ModelOptions, WeightsVerbOptions } from './common-options.ts';
import { interruptible, whenStopped } from './interruption.ts';
import { say } from './messages.ts';
import { startProgress } from './progress.ts';

/** How a command line says a repository is to be found. */
export function repositoryOptions(options: Partial<ModelOptions>): RepositoryOptions {
  const { revision, subfolder, cacheDir, offline } = options;
  return {
    ...(revision && { revision }),
    ...(subfolder && { subfolder }),
    ...(cacheDir && { cacheDir }),
    ...(offline && { offline }),
    onWarning: sayOnce,
  };
}

const said = new Set<string>();

/** A source is opened for the model and for its image processor: what is said of both is said once. */
function sayOnce(message: string): void {
  if (said.has(message)) return;
  said.add(message);
  say(message);
}

/** The fields of a configuration that a command line says. */
export function configFields({ numAttentionHeads }: Partial<ModelOptions>): Dinov2ConfigFields {
  return numAttentionHeads === undefined ? {} : { numAttentionHeads };
}

/** Which tensors a command line says are the weights. */
export function weightsOptions({ weightsKey, prefix, ignore }: WeightsVerbOptions): WeightsOptions {
  return { weightsKey, prefix, ignoreUnexpected: ignore };
}

/** Starts the backend a command line asks for. */
export async function startDevice({
  backend,
  threads,
  halfWeights,
}: Pick<ModelOptions, 'backend' | 'threads' | 'halfWeights'>): Promise<void> {
  await setDevice(backend, { threads, halfWeights });
}

/**
 * Finds the engine a command line asks for, before anything is downloaded for it.
 *
 * @throws DeviceError if it is not installed; OptionError if something is asked of another engine
 */
async function requireEngine({ engine, executionProvider }: ModelOptions): Promise<void> {
  if (engine === 'onnxruntime') await findEngine(engine);
  else if (executionProvider !== undefined) {
    throw new OptionError('--execution-provider: expected --engine onnxruntime, got --engine tfjs');
  }
}

/**
 * The model on the engine a command line asks for.
 *
 * @returns the model itself on TF.js, else one that is compiled, to be disposed of like the model
 */
export async function onEngine<Model extends AnyModel>(
  model: Model,
  { engine, executionProvider, threads }: ModelOptions,
): Promise<Runnable<Model>> {
  if (engine === 'tfjs') return model;
  // the engine makes its files at the first pass
  const { removeTemporaryFiles } = await findEngine(engine);
  whenStopped(removeTemporaryFiles);
  return compile(model, { engine, executionProviders: executionProvider, threads });
}

/**
 * Loads a model with a bar for its download and its weights, and says what was assumed about it.
 *
 * @param load the class's `fromPretrained`
 */
export async function loadWithProgress<Model extends AnyModel>(
  options: ModelOptions,
  load: (source: string, options: LoadOptions) => Promise<Model>,
): Promise<Model> {
  await requireEngine(options);
  await startDevice(options);
  const bar = await startProgress('loading', 0, 'steps');
  let model: Model;
  try {
    model = await interruptible((signal) =>
      load(options.model, {
        ...repositoryOptions(options),
        ...weightsOptions(options),
        ...(options.positionInterpolation && { positionInterpolation: options.positionInterpolation }),
        fields: configFields(options),
        signal,
        onProgress: ({ loaded, total }) => bar.update(loaded, total),
        onWeights: (read, total) => bar.update(read, total),
      }),
    );
  } finally {
    bar.stop();
  }
  for (const warning of model.warnings) say(warning);
  return model;
}

/**
 * Loads the image processor of a model; files of other systems than transformers have none beside them.
 *
 * @throws what `requireEngine` throws, as this is the first thing that is downloaded
 */
export async function loadProcessor(options: ModelOptions): Promise<BitImageProcessor> {
  await requireEngine(options);
  return interruptible((signal) =>
    BitImageProcessor.fromPretrained(options.model, {
      ...repositoryOptions(options),
      signal,
      ...(options.processor && { backend: options.processor }),
      whenAbsent: () => {
        say(
          `${options.model} has no preprocessor_config.json: images are resized to 256, cropped to 224 and normalised as for every published DINOv2 model`,
        );
        return DINOV2_PROCESSOR;
      },
    }),
  );
}
