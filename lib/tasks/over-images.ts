/** Tasks over any number of images: a model that is loaded or given, and batches of images that go through it. */
import { DEVICES, setDevice } from '../../backends/devices.ts';
import { tagOf } from '../../bytes/tag-of.ts';
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { modelOf, type Runnable } from '../../graph/engines/runnable.ts';
import { isTraceable } from '../../graph/traceable.ts';
import { BitImageProcessor } from '../../images/image-processor.ts';
import type { PixelValues } from '../../images/pixel-values.ts';
import type { Preprocessor } from '../../images/preprocess-ahead.ts';
import { DINOV2_PROCESSOR } from '../../images/processor-config.ts';
import {
  choice,
  type OptionsOf,
  pickOptions,
  positiveInteger,
  type ReadOptions,
  readOptions,
  type Table,
  value,
} from '../../options/rows.ts';
import type { ModelSource } from '../../sources/model-source.ts';
import { REPOSITORY_OPTIONS, type RepositoryOptions, warn } from '../../sources/repository.ts';
import { WEIGHTS_OPTIONS, type WeightsOptions } from '../../weights/weights-options.ts';
import type { AnyModel } from '../families/families.ts';
import { PRECISION_OPTIONS, type PrecisionOptions } from '../loading/precision.ts';
import { type Images, imageBatches, type OfImage, requireImages } from './image-batches.ts';
import { requireModel } from './require-model.ts';

/** What every task is told of its images. */
export const EACH_IMAGE_OPTIONS = {
  /** what prepares the images; default that of the source, or DINOv2's settings where it has none; a loaded model needs one */
  processor: value<Preprocessor>(),
  /**
   * what to do about an image that can't be read: `throw`, `skip` it, or a function that is told the error, the image's name
   * and its place before it is skipped; default `throw`
   */
  onError: value<'throw' | 'skip' | ((error: unknown, name: string, index: number) => void)>({
    accepts: (given) => given === 'throw' || given === 'skip' || typeof given === 'function',
    refusal: ": expected 'throw', 'skip' or a function",
  }),
  /** made the current device before the model is loaded, as by `setDevice`; default the current one, or `auto` */
  device: choice(DEVICES),
};

/** How a task goes over images. */
export const IMAGES_OPTIONS = {
  /** how many images are computed at once; default 8 */
  batchSize: positiveInteger({ default: 8 }),
  ...EACH_IMAGE_OPTIONS,
};

/** How a task goes over images, and how its model is found and read. */
export interface ImagesOptions extends OptionsOf<typeof IMAGES_OPTIONS>, RepositoryOptions, WeightsOptions {}

/** How a model is found and read. */
type LoadingOptions = RepositoryOptions & WeightsOptions & PrecisionOptions;

/** Their tables. */
export const LOADING_TABLES: readonly Table[] = [PRECISION_OPTIONS, WEIGHTS_OPTIONS, REPOSITORY_OPTIONS];

/** What is done with a model. */
export interface ModelTask<Model extends AnyModel> {
  /** the call, for error messages */
  readonly where: string;
  /** the class of the model */
  readonly architecture: string;
  /** the options of the task beside those of all */
  readonly tables: readonly Table[];
  load(source: ModelSource, options: LoadingOptions): Promise<Model>;
}

/** What is done with batches of images. */
export interface ImagesTask<Model extends AnyModel, Result extends object> extends ModelTask<Model> {
  /** @returns a result for each image */
  compute(model: Runnable<Model>, pixelValues: PixelValues): Promise<readonly Result[]>;
}

/** Options that were read, as every task has them. */
type Settings = ReadOptions<typeof EACH_IMAGE_OPTIONS> & LoadingOptions;

/**
 * Goes over images: those of the next batch are read while one is computed, as `imageBatches` says.
 *
 * @param source a model, which stays its owner's, or where to load one, which is freed at the end, however that comes
 * @throws OptionError at once; what loading, reading and computing throw as it goes on; the signal's reason
 */
export function overImages<Model extends AnyModel, Result extends object>(
  task: ImagesTask<Model, Result>,
  source: ModelSource | Runnable<Model>,
  images: Images,
  options: ImagesOptions & PrecisionOptions,
): AsyncGenerator<OfImage & Result, void, undefined> {
  const settings = readOptions(task.where, options, IMAGES_OPTIONS, ...LOADING_TABLES, ...task.tables);
  requireImages(task.where, images);
  return overModel(task, source, settings, (model, processor) =>
    overBatches(task, model, images, { ...settings, processor }),
  );
}

/** What is done with a model and the processor of images. */
type Run<Model extends AnyModel, Prepares extends Preprocessor, Item> = (
  model: Runnable<Model>,
  processor: Prepares | BitImageProcessor,
) => AsyncGenerator<Item, void, undefined>;

/**
 * Does with a model what is to be done, having loaded it where it is none yet.
 *
 * @param settings what was read of the options
 * @throws OptionError at once, about the model; what loading throws as it goes on
 */
export function overModel<Model extends AnyModel, Prepares extends Preprocessor, Item>(
  task: ModelTask<Model>,
  source: ModelSource | Runnable<Model>,
  settings: Settings & { processor?: Prepares },
  run: Run<Model, Prepares, Item>,
): AsyncGenerator<Item, void, undefined> {
  if (isSource(source)) return withLoaded(task, source, settings, run);
  requireModel(task.where, source, task.architecture);
  const { device } = EACH_IMAGE_OPTIONS;
  refuseLoading(task.where, settings, 'a model that is loaded', { device, ...PRECISION_OPTIONS });
  if (settings.processor !== undefined) return run(source, settings.processor);
  throw missingProcessor(task.where, 'a model that is loaded');
}

/** Whether it is no model, and nothing that is taken for one. */
function isSource<Model extends AnyModel>(source: ModelSource | Runnable<Model>): source is ModelSource {
  return !isTraceable(modelOf(source as Runnable<Model>)) && tagOf(source) !== 'Promise';
}

/**
 * Refuses options that say how a source is found and read where there is none.
 *
 * @param beside what there is in its place, for the error message
 * @param more rows that mean nothing there either
 * @throws OptionError naming the first that is given
 */
export function refuseLoading(where: string, given: object, beside: string, more: Table): void {
  const { fetch: _fetch, signal: _signal, onWarning: _onWarning, ...ofLoading } = REPOSITORY_OPTIONS;
  const [wrong] = Object.entries(pickOptions(given, { ...more, ...ofLoading, ...WEIGHTS_OPTIONS }));
  if (wrong === undefined) return;
  throw new OptionError(`${where}: ${wrong[0]}: expected none beside ${beside}, got ${shown(wrong[1])}`);
}

/** The error where images come without what prepares them, and there is no source to have it from. */
export function missingProcessor(where: string, beside: string): OptionError {
  return new OptionError(
    `${where}: expected a processor beside ${beside}, got none; give processor: await AutoImageProcessor.fromPretrained(source), or new BitImageProcessor() for DINOv2's settings`,
  );
}

/** The image processor of a source, or, which is said, one of DINOv2's settings where it has none. */
export function processorOf(
  where: string,
  source: ModelSource,
  places: RepositoryOptions,
): Promise<BitImageProcessor> {
  const whenAbsent = () => {
    warn(
      places,
      `${where}: the source says nothing of images: DINOv2's settings are taken; processor gives others`,
    );
    return DINOV2_PROCESSOR;
  };
  return BitImageProcessor.fromPretrained(source, { ...places, whenAbsent });
}

async function* withLoaded<Model extends AnyModel, Prepares extends Preprocessor, Item>(
  { where, load }: ModelTask<Model>,
  source: ModelSource,
  settings: Settings & { processor?: Prepares },
  run: Run<Model, Prepares, Item>,
): AsyncGenerator<Item, void, undefined> {
  if (settings.device !== undefined) await setDevice(settings.device);
  const places = pickOptions(settings, REPOSITORY_OPTIONS);
  const processor = settings.processor ?? (await processorOf(where, source, places));
  const reading = pickOptions(settings, { ...WEIGHTS_OPTIONS, ...PRECISION_OPTIONS });
  const model = await load(source, { ...places, ...reading });
  try {
    for (const warning of model.warnings) warn(places, warning);
    yield* run(model, processor);
  } finally {
    model.dispose();
  }
}

/** What is told of images that are left out; undefined where they end the task. */
export function leftOutOf({
  onError,
}: Settings): ((error: unknown, name: string, index: number) => void) | undefined {
  if (onError === 'skip') return () => undefined;
  return onError === 'throw' ? undefined : onError;
}

async function* overBatches<Model extends AnyModel, Result extends object>(
  { compute }: ImagesTask<Model, Result>,
  model: Runnable<Model>,
  images: Images,
  settings: Settings & { processor: Preprocessor; batchSize: number },
): AsyncGenerator<OfImage & Result, void, undefined> {
  for await (const batch of imageBatches(images, { ...settings, leftOut: leftOutOf(settings) })) {
    settings.signal?.throwIfAborted();
    for (const [i, result] of (await compute(model, batch.pixelValues)).entries()) {
      const of = batch.images[i];
      if (of === undefined) throw new Error('internal: a result without an image');
      yield { ...of, ...result };
    }
  }
}
