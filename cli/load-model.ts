/** Loading what a verb needs, with progress. */
import {
  type AnyModel,
  BitImageProcessor,
  compile,
  DEVICE_OPTIONS,
  DeviceError,
  DINOV2_PROCESSOR,
  type ENGINES,
  findEngine,
  type LoadOptions,
  ONNX_RUNTIME_OPTIONS,
  OptionError,
  PRECISION_OPTIONS,
  PROCESSOR_OPTIONS,
  REPOSITORY_OPTIONS,
  type RepositoryOptions,
  type Runnable,
  setDevice,
  WEIGHTS_OPTIONS,
} from '../lib/index.ts';
import { type Parsed, valuesOf } from './flags.ts';
import { interruptible, whenStopped } from './interruption.ts';
import { note } from './messages.ts';
import {
  BACKEND_OPTIONS,
  ENGINE_OPTIONS,
  FIELD_OPTIONS,
  INTERPOLATION_OPTIONS,
  MODEL_OPTIONS,
} from './model-options.ts';
import { startProgress } from './progress.ts';

/** The model a command line names. */
function modelOf(parsed: Parsed): string {
  return valuesOf(MODEL_OPTIONS, parsed).model;
}

/** How a command line says a repository is to be found. */
export function repositoryOptions(parsed: Parsed): RepositoryOptions {
  return { ...valuesOf(REPOSITORY_OPTIONS, parsed), onWarning: noteOnce };
}

const said = new Set<string>();

/** A source is opened for the model and for its image processor: what is said of both is said once. */
function noteOnce(message: string): void {
  if (said.has(message)) return;
  said.add(message);
  note(message);
}

type EngineName = (typeof ENGINES)[number];

/**
 * The engine a command line asks for, found before anything is downloaded for it; undefined for TF.js.
 *
 * `auto` is ONNX Runtime where it is installed, unless something is asked of TF.js, and says which it is.
 *
 * @throws DeviceError if it is not installed; OptionError if something is asked of another engine
 */
export async function engineOf(parsed: Parsed): Promise<EngineName | undefined> {
  const { engine } = valuesOf(ENGINE_OPTIONS, parsed);
  const { executionProviders } = valuesOf(ONNX_RUNTIME_OPTIONS, parsed);
  if (engine === 'tfjs') {
    if (executionProviders === undefined) return undefined;
    throw new OptionError('--execution-provider: expected --engine onnxruntime, got --engine tfjs');
  }
  if (engine !== 'auto') {
    await findEngine(engine);
    return engine;
  }
  const { backend } = valuesOf(BACKEND_OPTIONS, parsed);
  if (backend !== 'auto' && executionProviders === undefined) {
    noteOnce(`--engine auto: TF.js, for --backend ${backend}`);
    return undefined;
  }
  try {
    await findEngine('onnxruntime');
  } catch (error) {
    if (!(error instanceof DeviceError) || executionProviders !== undefined) throw error;
    noteOnce(`--engine auto: TF.js; ${error.message}`);
    return undefined;
  }
  noteOnce('--engine auto: onnxruntime, which is installed');
  return 'onnxruntime';
}

/**
 * The model on the engine a command line asks for.
 *
 * @returns the model itself on TF.js, else one that is compiled, to be disposed of like the model
 */
export async function onEngine<Model extends AnyModel>(
  model: Model,
  parsed: Parsed,
): Promise<Runnable<Model>> {
  const engine = await engineOf(parsed);
  if (engine === undefined) return model;
  // the engine makes its files at the first pass
  const { removeTemporaryFiles } = await findEngine(engine);
  whenStopped(removeTemporaryFiles);
  return compile(model, { engine, ...valuesOf(ONNX_RUNTIME_OPTIONS, parsed) });
}

/**
 * Loads a model with a bar for its download and its weights, and says what was assumed about it.
 *
 * @param load the class's `fromPretrained`
 */
export async function loadWithProgress<Model extends AnyModel>(
  parsed: Parsed,
  load: (source: string, options: LoadOptions) => Promise<Model>,
): Promise<Model> {
  await engineOf(parsed);
  await setDevice(valuesOf(BACKEND_OPTIONS, parsed).backend, valuesOf(DEVICE_OPTIONS, parsed));
  const bar = await startProgress('loading', 0, 'bytes');
  let model: Model;
  try {
    model = await interruptible((signal) =>
      load(modelOf(parsed), {
        ...repositoryOptions(parsed),
        ...valuesOf(WEIGHTS_OPTIONS, parsed),
        ...valuesOf(PRECISION_OPTIONS, parsed),
        ...valuesOf(INTERPOLATION_OPTIONS, parsed),
        fields: valuesOf(FIELD_OPTIONS, parsed),
        signal,
        onProgress: ({ loaded, total }) => bar.update(loaded, total),
      }),
    );
  } finally {
    bar.stop();
  }
  for (const warning of model.warnings) note(warning);
  return model;
}

/**
 * Loads the image processor of a model; files of other systems than transformers have none beside them.
 *
 * @throws what `engineOf` throws, as this is the first thing that is downloaded
 */
export async function loadProcessor(parsed: Parsed): Promise<BitImageProcessor> {
  await engineOf(parsed);
  const model = modelOf(parsed);
  return interruptible((signal) =>
    BitImageProcessor.fromPretrained(model, {
      ...repositoryOptions(parsed),
      ...valuesOf(PROCESSOR_OPTIONS, parsed),
      signal,
      whenAbsent: () => {
        note(
          `${model} has no preprocessor_config.json: images are resized to 256, cropped to 224 and normalised as for every published DINOv2 model`,
        );
        return DINOV2_PROCESSOR;
      },
    }),
  );
}
