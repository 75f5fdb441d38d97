/** Rollout of attention: how much of each patch has come to one token by way of all layers. */
import type { Runnable } from '../../../graph/engines/runnable.ts';
import { type OptionsOf, pickOptions, type ReadOptions, readOptions } from '../../../options/rows.ts';
import type { ModelSource } from '../../../sources/model-source.ts';
import type { Dinov2Model } from '../../families/dinov2/dinov2-model.ts';
import type { Images } from '../../tasks/image-batches.ts';
import { rowsOf } from '../../tasks/read-tensor.ts';
import type { ImageView } from '../image-view.ts';
import { layerOf } from '../layer-of.ts';
import { type OfView, overViews, type ViewsOptions } from '../over-views.ts';
import { requireUncompiled, runToLayer } from '../run-to-layer.ts';
import type { AttentionMaps } from './attention-maps.ts';
import { ATTENTION_OPTIONS, ROLLOUT_OPTIONS } from './attention-options.ts';
import { tokenOf } from './attention-query.ts';
import type { Rollout } from './rollout.ts';
import { RolloutMatrix } from './rollout-matrix.ts';
import { RolloutRow } from './rollout-row.ts';
import { scaleMap } from './scale-map.ts';

const TABLE = { ...ATTENTION_OPTIONS, ...ROLLOUT_OPTIONS };

/** How layers are rolled out, of which views. */
export interface AttentionRolloutOptions extends ViewsOptions, OptionsOf<typeof TABLE> {}

/**
 * Attention rolled out over all layers as far as `layer`: one map for each image, named `rollout`. Layers are multiplied while they
 * run, see `RolloutMatrix`: a few T×T matrices are in memory, not one for each layer or head. Of so many tokens that queries and keys of
 * all layers take less than that, these are kept, and one row is computed, see `RolloutRow`.
 *
 * Source: Abnar & Zuidema, Quantifying Attention Flow in Transformers, arXiv:2005.00928, §3.
 *
 * @param source as `attentionMaps` takes it
 * @param images as `embedImages` takes them
 * @throws as `attentionMaps` does
 */
export function attentionRollout(
  source: ModelSource | Runnable<Dinov2Model>,
  images: Images,
  options: AttentionRolloutOptions = {},
): AsyncGenerator<OfView & AttentionMaps, void, undefined> {
  const where = 'attentionRollout';
  const settings = readOptions(where, pickOptions(options, TABLE), TABLE);
  const compute = (model: Runnable<Dinov2Model>, view: ImageView) =>
    rolloutOf(where, requireUncompiled(where, model), view, settings);
  return overViews({ where, tables: [TABLE], compute }, source, images, options);
}

async function rolloutOf(
  where: string,
  model: Dinov2Model,
  { grid, pixelValues }: ImageView,
  { layer: wanted, query: whose, scale, ...settings }: ReadOptions<typeof TABLE>,
): Promise<AttentionMaps> {
  const { numHiddenLayers, numAttentionHeads, headDim, numRegisterTokens: R } = model.config;
  const layer = layerOf(where, wanted, numHiddenLayers);
  const token = tokenOf(where, whose, R, grid);
  // whichever takes less memory: queries and keys of all layers, or four matrices
  const isRow = 2 * layer * numAttentionHeads * headDim <= 4 * (1 + R + grid.size);
  const rollout: Rollout = isRow ? new RolloutRow(settings) : new RolloutMatrix(settings);
  try {
    runToLayer(where, model, pixelValues, layer, {
      layers: Array.from({ length: layer }, (_, i) => i),
      visit: (_layer, { query, key }) => rollout.add(query, key),
    });
    const [row = new Float32Array()] = await rowsOf(rollout.row(token));
    const map = row.slice(1 + R);
    scaleMap(map, scale);
    return { maps: [map], names: ['rollout'] };
  } finally {
    rollout.dispose();
  }
}
