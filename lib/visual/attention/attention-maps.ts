/** Maps of attention: how much of each patch some heads of a layer take for one token. */
import type { Tensor4D } from '@tensorflow/tfjs-core';
import { OptionError } from '../../../errors/errors.ts';
import type { Runnable } from '../../../graph/engines/runnable.ts';
import { type OptionsOf, pickOptions, type ReadOptions, readOptions } from '../../../options/rows.ts';
import type { ModelSource } from '../../../sources/model-source.ts';
import type { Dinov2Model } from '../../families/dinov2/dinov2-model.ts';
import type { Images } from '../../tasks/image-batches.ts';
import { readFloat32 } from '../../tasks/read-tensor.ts';
import type { ImageView } from '../image-view.ts';
import { layerOf } from '../layer-of.ts';
import { type OfView, overViews, type ViewsOptions } from '../over-views.ts';
import { lookAtLayer, requireUncompiled } from '../run-to-layer.ts';
import { ATTENTION_OPTIONS, type AttentionHeads, HEADS_OPTIONS } from './attention-options.ts';
import { tokenOf } from './attention-query.ts';
import { attentionRows } from './attention-rows.ts';
import { scaleMap } from './scale-map.ts';

const TABLE = { ...ATTENTION_OPTIONS, ...HEADS_OPTIONS };

/** Which maps, of which views. */
export interface AttentionMapsOptions extends ViewsOptions, OptionsOf<typeof TABLE> {}

/** Maps of one view. */
export interface AttentionMaps {
  /** [N] each, patches row by row; unscaled they sum to less than 1 each, as CLS and registers have the rest */
  readonly maps: readonly Float32Array[];
  /** what each of them is: `mean`, `head 0`, … or `rollout` */
  readonly names: readonly string[];
}

/**
 * The weights that one token gives to the patches of images, by head: of one row of one layer, which alone is computed beside the
 * blocks as far as the layer, so that no T×T matrix is ever in memory. They are those of PyTorch's eager attention.
 *
 * @param source where to load a model, which is freed at the end, also if the loop is left early; or a model on TF.js, which stays
 *   yours and needs the option `processor`
 * @param images as `embedImages` takes them
 * @throws OptionError at once, on a compiled model, and on a layer, a head or a token that there is not; what loading, reading and
 *   computing throw as it goes on; the signal's reason
 */
export function attentionMaps(
  source: ModelSource | Runnable<Dinov2Model>,
  images: Images,
  options: AttentionMapsOptions = {},
): AsyncGenerator<OfView & AttentionMaps, void, undefined> {
  const where = 'attentionMaps';
  const settings = readOptions(where, pickOptions(options, TABLE), TABLE);
  const compute = (model: Runnable<Dinov2Model>, view: ImageView) =>
    mapsOf(where, requireUncompiled(where, model), view, settings);
  return overViews({ where, tables: [TABLE], compute }, source, images, options);
}

/** The maps of one view. */
async function mapsOf(
  where: string,
  model: Dinov2Model,
  { grid, pixelValues }: ImageView,
  { layer: wanted, query: whose, heads, scale }: ReadOptions<typeof TABLE>,
): Promise<AttentionMaps> {
  const { numHiddenLayers, numAttentionHeads: A, numRegisterTokens: R } = model.config;
  const layer = layerOf(where, wanted, numHiddenLayers);
  const token = tokenOf(where, whose, R, grid);
  const numbers = headNumbers(where, heads, A);
  const row = lookAtLayer(where, model, pixelValues, layer, ({ query, key }) =>
    attentionRows(query, key, [token]),
  );
  try {
    const { heads: ofHeads, mean } = await headMaps(row, R);
    const maps = heads === 'mean' ? [mean] : numbers.map((head) => ofHeads[head]!);
    for (const map of maps) scaleMap(map, scale);
    return { maps, names: heads === 'mean' ? ['mean'] : numbers.map((head) => `head ${head}`) };
  } finally {
    row.dispose();
  }
}

/**
 * What patches have of one token's attention: the map of each head, and their mean.
 *
 * @param row [1, A, 1, T], as `attentionRows` gives it of one token; borrowed
 * @param numRegisters R
 * @returns A maps [N], N = T − 1 − R, patches row by row; and the mean of them, summed in float64
 */
export async function headMaps(
  row: Tensor4D,
  numRegisters: number,
): Promise<{ heads: Float32Array[]; mean: Float32Array }> {
  const [, A, , T] = row.shape;
  const values = await readFloat32(row);
  const first = 1 + numRegisters;
  const heads = Array.from({ length: A }, (_, head) => values.slice(head * T + first, (head + 1) * T));
  return { heads, mean: meanOf(heads) };
}

/** @throws OptionError on a head that the model doesn't have */
function headNumbers(where: string, heads: AttentionHeads, A: number): readonly number[] {
  if (heads === 'mean' || heads === 'all') return Array.from({ length: A }, (_, head) => head);
  const wrong = heads.find((head) => head >= A);
  if (wrong === undefined) return [...new Set(heads)];
  throw new OptionError(`${where}: heads: expected numbers from 0 to ${A - 1}, got ${wrong}`);
}

/** The mean of maps, summed in their order in double precision. */
function meanOf(maps: readonly Float32Array[]): Float32Array {
  const sums = new Float64Array(maps[0]?.length ?? 0);
  for (const map of maps) for (const [i, value] of map.entries()) sums[i] = sums[i]! + value;
  return Float32Array.from(sums, (sum) => sum / maps.length);
}
