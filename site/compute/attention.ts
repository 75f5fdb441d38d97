/** What a token of the image that is looked at attends to: head by head, or over all layers. */
import {
  attentionRows,
  colourise,
  gridPlane,
  headMaps,
  type PatchFeatures,
  type Plane,
  type RawImage,
  toImageData,
} from '../../lib/index.ts';
import type { AttentionAnswer, Calls, ImageRef, View } from '../protocol.ts';
import { headsOf } from './attention-heads.ts';
import type { Context } from './context.ts';
import { featuresOf } from './features.ts';
import { libraryTime } from './library-time.ts';
import { currentModel } from './loaded-model.ts';
import { gridFacts, interpolationOf, seenPng } from './overlay.ts';
import { rolloutMap } from './rollout.ts';

export async function seenImage(
  { image, view }: Calls['seen']['request'],
  { signal }: Context<'seen'>,
): Promise<Calls['seen']['result']> {
  const features = await viewOf(image, view, signal);
  return { ...gridFacts(features), seen: await seenPng(features) };
}

export async function attentionOf(
  { image, view, token, head, smooth }: Calls['attention']['request'],
  { signal }: Context<'attention'>,
): Promise<AttentionAnswer> {
  const features = await viewOf(image, view, signal);
  const before = 1 + currentModel().model.config.numRegisterTokens;
  const of = `${image.id} ${view.size}`;
  const number = token === 'cls' ? 0 : before + token;
  const maps = await libraryTime.during(async () =>
    head === 'rollout'
      ? [await rolloutMap(of, features, view.layer, number)]
      : mapsOf(of, features, view.layer, number),
  );
  const { grid } = features;
  const chosen = maps[typeof head === 'number' ? 1 + head : 0] ?? new Float32Array(grid.size);
  const small = head === 'rollout' ? [] : maps;
  return {
    over: toImageData(inColours(gridPlane(grid, chosen, { interpolation: interpolationOf(smooth) }))),
    heads: small.map((values) => toImageData(inColours({ width: grid.columns, height: grid.rows, values }))),
  };
}

/** What the model sees of an image: its embeddings, for which no block runs. */
function viewOf(image: ImageRef, { size }: View, signal: AbortSignal): Promise<PatchFeatures> {
  return featuresOf(image, { size, layer: 0 }, signal);
}

/** @returns the mean of all heads, then each of them, [N] */
async function mapsOf(
  of: string,
  features: PatchFeatures,
  layer: number,
  token: number,
): Promise<Float32Array[]> {
  const { query, key } = await headsOf(of, features, layer);
  const row = attentionRows(query, key, [token]);
  const { heads, mean } = await headMaps(row, currentModel().model.config.numRegisterTokens);
  row.dispose();
  return [mean, ...heads];
}

/** The brightest colour is that of the 98th percentile: a few patches often have most of the attention. */
function inColours(plane: Plane): RawImage {
  const sorted = plane.values.filter(Number.isFinite).sort();
  const most = sorted[Math.floor(0.98 * (sorted.length - 1))] ?? 0;
  return colourise(plane, { colormap: 'inferno', range: [0, most] });
}
