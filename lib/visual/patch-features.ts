/** Patch features: what a model knows of each patch of an image. */

import { OptionError } from '../../errors/errors.ts';
import { modelOf, type Runnable } from '../../graph/engines/runnable.ts';
import type { PatchGrid } from '../../images/geometry/patch-grid.ts';
import {
  bool,
  choice,
  count,
  integer,
  type OptionsOf,
  pickOptions,
  positiveInteger,
  type ReadOptions,
  readOptions,
} from '../../options/rows.ts';
import type { ModelSource } from '../../sources/model-source.ts';
import type { Dinov2Model } from '../families/dinov2/dinov2-model.ts';
import type { Images } from '../tasks/image-batches.ts';
import type { ImageView } from './image-view.ts';
import { type OfView, overViews, type ViewsOptions } from './over-views.ts';
import { tiledTokens, tileShape } from './tiled-tokens.ts';
import { FACETS, tokensOf } from './tokens-of.ts';

/** Which features, and of how large an image at once. */
export const PATCH_FEATURES_OPTIONS = {
  /** 1…L for the output of that block, 0 for the embeddings, or negative from the end; default −1, the last */
  layer: integer({
    default: -1,
    flag: '--layer <n>',
    help: 'features of which block: 1 for the first, −1 for the last, 0 for the embeddings',
  }),
  /** whether tokens go through the model's final norm, as `applyLayernorm` of a backbone says; default true */
  applyLayernorm: bool({
    default: true,
    flag: '--no-layernorm',
    help: 'tokens without the model’s final norm',
  }),
  /** what of a block: its `token`s, or the `query`, `key` or `value` of its attention, heads side by side; default `token` */
  facet: choice(FACETS, {
    default: 'token',
    flag: '--facet <what>',
    help: 'tokens, or what attention makes of them',
  }),
  /** pixels of a side of the tiles in which an image is computed, rounded to patches; default: all of it at once */
  tileSize: positiveInteger({
    flag: '--tile-size <pixels>',
    help: 'compute large images in tiles of this size, blended where they overlap',
  }),
  /** pixels that tiles share with their neighbours, rounded to patches; default a quarter of a tile */
  tileOverlap: count({
    flag: '--tile-overlap <pixels>',
    help: 'what tiles share (default: a quarter of a tile)',
  }),
};

/** Which features, of which views. */
export interface PatchFeaturesOptions extends ViewsOptions, OptionsOf<typeof PATCH_FEATURES_OPTIONS> {}

/** What tokens of one image are, outside of TF.js. */
export interface TokenFeatures {
  /** [N, D] row-major, patches row by row */
  features: Float32Array;
  /** D */
  dim: number;
  /** [D] of the CLS token; of tiles the mean of theirs */
  cls: Float32Array;
  /** [R, D] of the register tokens; of tiles the mean of theirs */
  registers: Float32Array;
}

/** The features of one image. */
export type PatchFeatures = OfView & TokenFeatures;

type Settings = ReadOptions<typeof PATCH_FEATURES_OPTIONS>;

/**
 * What a model knows of each patch of images, one image after another; blocks behind the layer that is asked for don't run.
 *
 * With `tileSize`, an image is computed in tiles, each as an image of its own: tensors are as large as for one tile, while `seen`
 * and `features` are those of the whole image.
 *
 * @param source where to load a model, which is freed at the end, also if the loop is left early; or a model on TF.js, or compiled, which
 *   stays yours and needs the option `processor`
 * @param images as `embedImages` takes them
 * @throws OptionError at once, and on a layer that the model doesn't have; what loading, reading and computing throw as it
 *   goes on; the signal's reason
 */
export function patchFeatures(
  source: ModelSource | Runnable<Dinov2Model>,
  images: Images,
  options: PatchFeaturesOptions = {},
): AsyncGenerator<PatchFeatures, void, undefined> {
  const where = 'patchFeatures';
  const settings = readOptions(where, pickOptions(options, PATCH_FEATURES_OPTIONS), PATCH_FEATURES_OPTIONS);
  const { tileSize, tileOverlap = 0 } = settings;
  if (tileOverlap > 0 && tileOverlap >= (tileSize ?? 0)) {
    throw new OptionError(
      `${where}: tileOverlap: expected less than tileSize, ${tileSize ?? 'which is not given'}, got ${tileOverlap}`,
    );
  }
  const task = {
    where,
    tables: [PATCH_FEATURES_OPTIONS],
    atOnce: (grid: PatchGrid) => (tileSize === undefined ? grid : tileShape(grid, tileSize)),
    compute: (model: Runnable<Dinov2Model>, view: ImageView) => featuresOf(model, view, settings),
  };
  return overViews(task, source, images, options);
}

/** The features of one view, whole or in tiles. */
async function featuresOf(
  model: Runnable<Dinov2Model>,
  view: ImageView,
  settings: Settings,
): Promise<TokenFeatures> {
  const { tileSize, tileOverlap, ...wanted } = settings;
  const { values, dim } =
    tileSize === undefined
      ? await tokensOf(model, view.pixelValues, wanted)
      : await tiledTokens(model, view, wanted, tileSize, tileOverlap);
  const prefix = (1 + modelOf(model).config.numRegisterTokens) * dim;
  return {
    features: values.slice(prefix),
    dim,
    cls: values.slice(0, dim),
    registers: values.slice(dim, prefix),
  };
}
