/** What a precision costs and gains: a model in f16 and i8 beside the same in f32. */
import { getBackend } from '@tensorflow/tfjs-core';
import { setDevice } from '../../../backends/devices.ts';
import { ImageError, OptionError } from '../../../errors/errors.ts';
import type { PixelValues } from '../../../images/pixel-values.ts';
import type { Precision } from '../../../ops/precision.ts';
import {
  type OptionsOf,
  positiveInteger,
  type ReadOptions,
  readOptions,
  value,
} from '../../../options/rows.ts';
import type { ModelSource } from '../../../sources/model-source.ts';
import { REPOSITORY_OPTIONS } from '../../../sources/repository.ts';
import { WEIGHTS_OPTIONS } from '../../../weights/weights-options.ts';
import type { Dinov2ConfigFields } from '../../families/dinov2/dinov2-fields.ts';
import type { AnyModel } from '../../families/families.ts';
import { HEAD_OPTIONS, type HeadOptions } from '../../loading/attach-head.ts';
import { EMBED_OPTIONS } from '../../tasks/embed.ts';
import type { Images } from '../../tasks/image-batches.ts';
import { IMAGES_OPTIONS, type ImagesOptions, refuseLoading } from '../../tasks/over-images.ts';
import { batchesOf } from './batches-of.ts';
import { comparePair } from './compare-pair.ts';
import { type PrecisionLoader, precisionLoader } from './precision-loader.ts';
import type { PrecisionComparison, PrecisionFootprint, PrecisionReport } from './precision-report.ts';
import { isRoundedPrecision, ROUNDED_PRECISIONS, type RoundedPrecision } from './rounded-precision.ts';
import { median, timeInTurns } from './time-in-turns.ts';
import { weightBytes } from './weight-bytes.ts';

const WHERE = 'comparePrecisions';
const NAMES = ROUNDED_PRECISIONS.join(', ');

/** What is compared. */
export const COMPARE_PRECISIONS_OPTIONS = {
  /** the precisions that are compared with f32; default f16 and i8 */
  precisions: {
    ...value<readonly RoundedPrecision[]>({
      flag: '--precisions <names>',
      help: 'precisions that are compared with f32, with commas between',
      refusal: `: expected some of ${NAMES}`,
      accepts: (given) => Array.isArray(given) && given.length > 0 && given.every(isRoundedPrecision),
      parse(written) {
        const list = written.split(',').map((name) => name.trim());
        if (list.every(isRoundedPrecision)) return list;
        throw new OptionError(`expected some of ${NAMES}, with commas between`);
      },
    }),
    default: ROUNDED_PRECISIONS,
  },
  /** how many passes of each model are timed, in turns with one in f32; default 5 */
  rounds: positiveInteger({
    default: 5,
    flag: '--rounds <n>',
    help: 'timed passes of each precision, in turns with f32',
  }),
  /** how tokens become the vectors whose neighbours are looked for; default `cls` */
  pool: EMBED_OPTIONS.pool,
  /** fields of the configuration that differ, or that can't be inferred where the source has none */
  fields: value<Dinov2ConfigFields>(),
  /** told after each batch with which precision how many images are compared */
  onImages: value<(precision: RoundedPrecision, images: number) => void>(),
};

/** How a model is found, read and compared. */
export interface ComparePrecisionsOptions
  extends OptionsOf<typeof COMPARE_PRECISIONS_OPTIONS>,
    ImagesOptions,
    HeadOptions {}

/**
 * Loads a model in f32 and beside it in each other precision, one after the other, and compares them on the same images: the
 * error of every layer and output, neighbours and labels, time and memory.
 *
 * In memory are two models at most (of base 350 MB in f32 and as much again on a device without kernels for a precision), of one
 * batch the hidden states of both (2 · (L + 1) · B · T · D values), and of all images their embeddings (2 · D values each). With n
 * precisions each image is read n times, and computed n times in f32.
 *
 * @param from where to load the classifier if the weights are one's, else the bare model; or a function that loads a model
 * @param images paths, URLs, bytes or what else `preprocess` takes, or { name, image }, all of which are held until the end; or
 *   pixel values [B, C, H, W]; default an image of our own making
 * @throws OptionError; ImageError if no image can be read; what loading, reading and computing throw; the signal's reason
 */
export async function comparePrecisions(
  from: ModelSource | PrecisionLoader,
  images?: Images | PixelValues,
  options: ComparePrecisionsOptions = {},
): Promise<PrecisionReport> {
  const tables = [IMAGES_OPTIONS, HEAD_OPTIONS, WEIGHTS_OPTIONS, REPOSITORY_OPTIONS];
  const settings = readOptions(WHERE, options, COMPARE_PRECISIONS_OPTIONS, ...tables);
  if (options.device !== undefined) await setDevice(options.device);
  const source = typeof from === 'function' ? undefined : from;
  const { fields } = COMPARE_PRECISIONS_OPTIONS;
  if (source === undefined)
    refuseLoading(WHERE, options, 'a function that loads', { fields, ...HEAD_OPTIONS });
  const batches = await batchesOf(WHERE, source, images, options);
  const load = typeof from === 'function' ? from : await precisionLoader(from, options);
  const exact = await loadIn('f32', load);
  try {
    const found: Compared[] = [];
    for (const precision of new Set(settings.precisions)) {
      const rounded = await loadIn(precision, load);
      try {
        // an image that can't be read is told once
        const read = batches.read(found.length === 0);
        found.push(await compareWith(rounded, exact, read, { ...settings, precision }));
      } finally {
        rounded.dispose();
      }
    }
    const [first] = found;
    return {
      architecture: exact.architecture,
      device: getBackend(),
      images: first?.comparison.images ?? 0,
      synthetic: batches.synthetic,
      batch: first?.batch ?? 0,
      pool: settings.pool,
      f32: footprintOf(
        exact,
        found.flatMap(({ exactTimes }) => exactTimes),
      ),
      precisions: found.map(({ comparison }) => comparison),
    };
  } finally {
    exact.dispose();
  }
}

/** What is found of one precision, and of f32 beside it. */
interface Compared {
  readonly comparison: PrecisionComparison;
  /** how many images a timed pass had */
  readonly batch: number;
  readonly exactTimes: readonly number[];
}

type Settings = ReadOptions<typeof COMPARE_PRECISIONS_OPTIONS> & {
  precision: RoundedPrecision;
  signal?: AbortSignal | undefined;
};

async function compareWith(
  rounded: AnyModel,
  exact: AnyModel,
  batches: AsyncIterable<PixelValues>,
  { precision, pool, rounds, onImages, signal }: Settings,
): Promise<Compared> {
  let timed: PixelValues | undefined;
  const noting = (async function* () {
    for await (const batch of batches) {
      timed ??= batch;
      yield batch;
    }
  })();
  const compared = await comparePair(rounded, exact, noting, pool, (done) => onImages?.(precision, done));
  if (compared === undefined || timed === undefined) {
    throw new ImageError(`${WHERE}: expected at least one image that can be read, got none`);
  }
  const pixelValues = timed;
  const run = (model: AnyModel) => () => pass(model, pixelValues);
  const [times, exactTimes] = await timeInTurns(run(rounded), run(exact), rounds, signal);
  const f32Milliseconds = median(exactTimes);
  const speedup = f32Milliseconds / median(times);
  const comparison = { ...footprintOf(rounded, times), precision, f32Milliseconds, speedup, ...compared };
  return { comparison, batch: pixelValues.shape[0], exactTimes };
}

/** @throws OptionError if the model is in another precision than was asked for */
async function loadIn(precision: Precision, load: PrecisionLoader): Promise<AnyModel> {
  const model = await load(precision);
  if (model.precision === precision) return model;
  model.dispose();
  throw new OptionError(
    `${WHERE}: expected the function to load a model in ${precision}, got one in ${model.precision}; pass on the precision it is called with`,
  );
}

/** A forward pass to its end, which on some devices is when values are there. */
async function pass(model: AnyModel, pixelValues: PixelValues): Promise<void> {
  const output = model.forward(pixelValues, { outputHiddenStates: false, outputAttentions: false });
  try {
    await output.tensors.at(-1)?.data();
  } finally {
    output.dispose();
  }
}

function footprintOf({ precision, parameters }: AnyModel, times: readonly number[]): PrecisionFootprint {
  const { weights, stored } = weightBytes(parameters, precision);
  return { precision, weightBytes: weights, memoryBytes: stored, milliseconds: median(times) };
}
