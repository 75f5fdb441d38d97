/** Loading what a verb needs, with progress. */
import {
  type AnyModel,
  BitImageProcessor,
  compile,
  compilePretrained,
  DEVICE_OPTIONS,
  DINOV2_PROCESSOR,
  GRAPH_CACHE_OPTIONS,
  type LoadableClass,
  type LoadOptions,
  ONNX_RUNTIME_OPTIONS,
  PRECISION_OPTIONS,
  PROCESSOR_OPTIONS,
  REPOSITORY_OPTIONS,
  type RepositoryOptions,
  type Runnable,
  setDevice,
  WEIGHTS_OPTIONS,
} from '../lib/index.ts';
import { engineOf, engineToCompile } from './engine.ts';
import { type Parsed, valuesOf } from './flags.ts';
import { interruptible } from './interruption.ts';
import { note, noteOnce } from './messages.ts';
import { BACKEND_OPTIONS, FIELD_OPTIONS, INTERPOLATION_OPTIONS, MODEL_OPTIONS } from './model-options.ts';
import { startProgress } from './progress.ts';

/** The model a command line names. */
function modelOf(parsed: Parsed): string {
  return valuesOf(MODEL_OPTIONS, parsed).model;
}

/** How a command line says a repository is to be found. */
export function repositoryOptions(parsed: Parsed): RepositoryOptions {
  return { ...valuesOf(REPOSITORY_OPTIONS, parsed), onWarning: noteOnce };
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
  // it makes its files at the first pass
  const engine = await engineToCompile(parsed);
  if (engine === undefined) return model;
  return compile(model, { engine, ...valuesOf(ONNX_RUNTIME_OPTIONS, parsed) });
}

/**
 * Loads a model for the engine a command line asks for, of which a graph may be kept from an earlier run: then no weights are
 * read.
 *
 * @param which the class
 * @param own options of the class beside those of every verb
 * @returns as `onEngine` does
 */
export async function loadOnEngine<Model extends AnyModel, Options extends LoadOptions>(
  parsed: Parsed,
  which: LoadableClass<Model, Options>,
  own: Omit<Options, keyof LoadOptions>,
): Promise<Runnable<Model>> {
  const engine = await engineToCompile(parsed);
  const options = (load: LoadOptions) => ({ ...load, ...own }) as Options;
  if (engine === undefined) {
    return loadWithProgress(parsed, (source, load) => which.fromPretrained(source, options(load)));
  }
  const compiling = {
    engine,
    ...valuesOf(ONNX_RUNTIME_OPTIONS, parsed),
    ...valuesOf(GRAPH_CACHE_OPTIONS, parsed),
  };
  return withProgress(
    parsed,
    (source, load) => compilePretrained(which, source, { ...options(load), ...compiling }),
    ({ model }) => model,
  );
}

/**
 * Loads a model with a bar for its download and its weights, and says what was assumed about it.
 *
 * @param load the class's `fromPretrained`
 */
export function loadWithProgress<Model extends AnyModel>(
  parsed: Parsed,
  load: (source: string, options: LoadOptions) => Promise<Model>,
): Promise<Model> {
  return withProgress(parsed, load, (model) => model);
}

async function withProgress<Loaded>(
  parsed: Parsed,
  load: (source: string, options: LoadOptions) => Promise<Loaded>,
  modelOfLoaded: (loaded: Loaded) => AnyModel,
): Promise<Loaded> {
  await engineOf(parsed);
  await setDevice(valuesOf(BACKEND_OPTIONS, parsed).backend, valuesOf(DEVICE_OPTIONS, parsed));
  const bar = await startProgress('loading', 0, 'bytes');
  let loaded: Loaded;
  let isLoading = true;
  try {
    loaded = await interruptible((signal) =>
      load(modelOf(parsed), {
        ...repositoryOptions(parsed),
        ...valuesOf(WEIGHTS_OPTIONS, parsed),
        ...valuesOf(PRECISION_OPTIONS, parsed),
        ...valuesOf(INTERPOLATION_OPTIONS, parsed),
        fields: valuesOf(FIELD_OPTIONS, parsed),
        signal,
        // a graph that is not kept reads weights later
        onProgress: ({ loaded, total }) => isLoading && bar.update(loaded, total),
      }),
    );
  } finally {
    isLoading = false;
    bar.stop();
  }
  for (const warning of modelOfLoaded(loaded).warnings) note(warning);
  return loaded;
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
