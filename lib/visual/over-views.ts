/** Tasks over views of images: one image after another, each in a size of its own, with the places of its patches. */
import { OptionError } from '../../errors/errors.ts';
import { modelOf, type Runnable } from '../../graph/engines/runnable.ts';
import { type PatchGrid, patchGrid } from '../../images/geometry/patch-grid.ts';
import { VIEW_OPTIONS, type ViewOptions, viewConfig } from '../../images/geometry/view-options.ts';
import { BitImageProcessor } from '../../images/image-processor.ts';
import { readImage } from '../../images/inputs/image-input.ts';
import type { NamedImage } from '../../images/preprocess-ahead.ts';
import { resizeAndCrop } from '../../images/process-image.ts';
import { type OptionsOf, type ReadOptions, readOptions, type Table, value } from '../../options/rows.ts';
import type { ModelSource } from '../../sources/model-source.ts';
import type { RepositoryOptions } from '../../sources/repository.ts';
import type { WeightsOptions } from '../../weights/weights-options.ts';
import { Dinov2Model } from '../families/dinov2/dinov2-model.ts';
import type { PrecisionOptions } from '../loading/precision.ts';
import { bothAxes } from '../model/model-config.ts';
import { type Images, numbered, type OfImage, requireImages } from '../tasks/image-batches.ts';
import { EACH_IMAGE_OPTIONS, LOADING_TABLES, leftOutOf, overModel } from '../tasks/over-images.ts';
import { ImageView } from './image-view.ts';
import { requireFewPatches } from './require-few-patches.ts';

/** How a task goes over views, beside their size. */
export const VIEWS_OPTIONS = {
  ...EACH_IMAGE_OPTIONS,
  /** whose arithmetic, filter, mean and deviation are taken; default that of the source; a loaded model needs one */
  processor: value<BitImageProcessor>({
    accepts: (given) => given instanceof BitImageProcessor,
    refusal: ': expected a BitImageProcessor, such as await AutoImageProcessor.fromPretrained(source)',
  }),
};

/** How a task goes over views, and how its model is found and read. */
export interface ViewsOptions
  extends ViewOptions,
    OptionsOf<typeof VIEWS_OPTIONS>,
    RepositoryOptions,
    WeightsOptions,
    PrecisionOptions {}

/** What is done with each view. */
export interface ViewsTask<Result extends object> {
  /** the call, for error messages */
  readonly where: string;
  /** the options of the task beside those of all */
  readonly tables: readonly Table[];
  /** rows and columns of the patches that go through the model at once; default the whole grid's */
  atOnce?(grid: PatchGrid): Pick<PatchGrid, 'rows' | 'columns'>;
  compute(model: Runnable<Dinov2Model>, view: ImageView): Promise<Result>;
}

/** What every result of a view says. */
export type OfView = OfImage & Pick<ImageView, 'grid' | 'seen'>;

const TABLE = { ...VIEW_OPTIONS, ...VIEWS_OPTIONS };

type Settings = ReadOptions<typeof TABLE> & RepositoryOptions;

type ViewSettings = Settings & Required<Pick<ViewsTask<object>, 'atOnce'>>;

/**
 * Goes over images one after another; the next one is read and decoded while one is computed, so that two are in memory.
 *
 * @param source where to load a model, which is freed at the end, also if the loop is left early; or a model on TF.js or
 *   compiled, which stays its owner's and needs the option `processor`
 * @param images as `embedImages` takes them
 * @throws OptionError at once; what loading, reading and computing throw as it goes on; the signal's reason
 */
export function overViews<Result extends object>(
  task: ViewsTask<Result>,
  source: ModelSource | Runnable<Dinov2Model>,
  images: Images,
  options: ViewsOptions,
): AsyncGenerator<OfView & Result, void, undefined> {
  const { where, tables, atOnce = (grid) => grid, compute } = task;
  const settings: Settings = readOptions(where, options, TABLE, ...LOADING_TABLES, ...tables);
  requireImages(where, images);
  if (settings.fit === 'processor' && settings.size !== undefined) {
    throw new OptionError(
      `${where}: size: expected none beside fit: 'processor', which takes the processor's own, got ${settings.size}`,
    );
  }
  const load = Dinov2Model.fromPretrained;
  const modelTask = { where, architecture: 'Dinov2Model', tables, load };
  return overModel(modelTask, source, settings, async function* (model, processor) {
    for await (const view of viewsOf(model, processor, images, { ...settings, atOnce })) {
      const { name, index, grid, seen } = view;
      yield { name, index, grid, seen, ...(await compute(model, view)) };
    }
  });
}

/** The views of images in their order, each begun when the one before it is handed on. */
async function* viewsOf(
  model: Runnable<Dinov2Model>,
  processor: BitImageProcessor,
  images: Images,
  settings: ViewSettings,
): AsyncGenerator<ImageView, void, undefined> {
  const { signal } = settings;
  const leftOut = leftOutOf(settings);
  const source = numbered(images);
  const next = async (): Promise<ImageView | undefined> => {
    for (;;) {
      const { done, value: of } = await source.next();
      if (done) return undefined;
      signal?.throwIfAborted();
      try {
        return await viewOf(model, processor, of, settings);
      } catch (error) {
        if (leftOut === undefined || signal?.aborted) throw error;
        leftOut(error, of.name, of.index);
      }
    }
  };
  try {
    let coming = next();
    for (;;) {
      const view = await coming;
      signal?.throwIfAborted();
      if (view === undefined) return;
      coming = next();
      // what it throws is told when its turn comes, if it comes
      coming.catch(() => undefined);
      yield view;
    }
  } finally {
    await source.return();
  }
}

async function viewOf(
  model: Runnable<Dinov2Model>,
  processor: BitImageProcessor,
  of: NamedImage & OfImage,
  settings: ViewSettings,
): Promise<ImageView> {
  const { imageSize, patchSize } = modelOf(model).config;
  const image = await readImage(await of.image, of.name, settings);
  const patch = bothAxes(patchSize);
  const config = viewConfig(processor.config, image, settings, patch, Math.min(...bothAxes(imageSize)));
  const grid = patchGrid(image, config, patch, processor.backend);
  requireFewPatches(of.name, grid, settings.atOnce(grid), settings.maxPatches);
  const seen = resizeAndCrop(image, config, processor.backend, of.name);
  return new ImageView(of, grid, seen, processor);
}
