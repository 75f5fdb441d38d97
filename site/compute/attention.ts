/** Attention of the image that is looked at: queries and keys stay, so that any token answers at once. */
import { keep, type Tensor4D } from '@tensorflow/tfjs-core';
import {
  attentionRows,
  BitImageProcessor,
  colourise,
  type Dinov2Model,
  gridPlane,
  type PatchFeatures,
  type Plane,
  type RawImage,
  readFloat32,
  toImageData,
} from '../../lib/index.ts';
import type { AttentionAnswer, AttentionToken, GridFacts, ImageRef, View } from '../protocol.ts';
import { featuresOf } from './features.ts';
import { gridFacts, seenPng } from './layers.ts';
import { libraryTime } from './library-time.ts';
import { currentModel } from './loaded-model.ts';

/** Queries and keys of a layer, [1, A, T, K]. */
interface Heads {
  readonly query: Tensor4D;
  readonly key: Tensor4D;
}

/** What is kept: of one image in one view, its layers as far as there is room. */
let looked:
  | { readonly model: Dinov2Model; readonly of: string; readonly layers: Map<number, Heads> }
  | undefined;

/** Bytes of queries and keys up to which all layers are kept, and not only the one that is looked at. */
const MOST = 64 * 2 ** 20;

interface Request {
  readonly image: ImageRef;
  readonly view: View;
  readonly token: AttentionToken;
  /** 0 for the mean of all heads, then each of them */
  readonly head: number;
  readonly smooth: boolean;
}

export async function seenImage(
  { image, view }: { image: ImageRef; view: View },
  { signal }: { signal: AbortSignal },
): Promise<GridFacts & { seen: Blob }> {
  const features = await viewOf(image, view, signal);
  return { ...gridFacts(features), seen: await seenPng(features) };
}

export async function attentionOf(
  { image, view, token, head, smooth }: Request,
  { signal }: { signal: AbortSignal },
): Promise<AttentionAnswer> {
  const features = await viewOf(image, view, signal);
  const maps = await libraryTime.during(() =>
    mapsOf(`${image.id} ${view.size}`, features, view.layer, token),
  );
  const { grid } = features;
  const chosen = maps[head] ?? new Float32Array(grid.size);
  return {
    over: toImageData(inColours(gridPlane(grid, chosen, { interpolation: smooth ? 'bicubic' : 'nearest' }))),
    heads: maps.map((values) => toImageData(inColours({ width: grid.columns, height: grid.rows, values }))),
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
  token: AttentionToken,
): Promise<Float32Array[]> {
  const { model } = currentModel();
  const { query, key } = await headsOf(model, of, features, layer);
  const before = 1 + model.config.numRegisterTokens;
  const rows = attentionRows(query, key, [token === 'cls' ? 0 : before + token]);
  const values = await readFloat32(rows);
  rows.dispose();
  const [, A = 1, T = 1] = key.shape;
  const heads = Array.from({ length: A }, (_, head) => values.slice(head * T + before, (head + 1) * T));
  return [meanOf(heads), ...heads];
}

async function headsOf(
  model: Dinov2Model,
  of: string,
  features: PatchFeatures,
  layer: number,
): Promise<Heads> {
  if (looked?.model !== model || looked.of !== of) {
    forget();
    looked = { model, of, layers: new Map() };
  }
  const known = looked.layers.get(layer);
  if (known !== undefined) return known;
  const { numHiddenLayers: L, hiddenSize: D } = model.config;
  const all = 2 * 4 * L * D * (features.grid.size + 1);
  const layers = all <= MOST ? Array.from({ length: L }, (_, i) => i) : [layer - 1];
  forget();
  const { layers: kept } = looked;
  const { processor } = currentModel();
  const asItIs = new BitImageProcessor({ ...processor.config, doResize: false, doCenterCrop: false });
  const { pixelValues } = await asItIs.preprocess(features.seen);
  const output = model.forward(pixelValues, {
    attentionVisitor: {
      layers,
      visit(each, { query, key }) {
        kept.set(each + 1, { query: keep(query.clone()), key: keep(key.clone()) });
      },
    },
  });
  output.dispose();
  const found = kept.get(layer);
  if (found === undefined) throw new Error(`attention: expected a layer from 1 to ${L}, got ${layer}`);
  return found;
}

/** Frees what is kept. */
function forget(): void {
  for (const { query, key } of looked?.layers.values() ?? []) {
    query.dispose();
    key.dispose();
  }
  looked?.layers.clear();
}

function meanOf(maps: readonly Float32Array[]): Float32Array {
  return new Float32Array(maps[0]?.length ?? 0).map((_, i) => {
    let sum = 0;
    for (const map of maps) sum += map[i] ?? 0;
    return sum / maps.length;
  });
}

/** The brightest colour is that of the 98th percentile: a few patches often have most of the attention. */
function inColours(plane: Plane): RawImage {
  const sorted = plane.values.filter(Number.isFinite).sort();
  const most = sorted[Math.floor(0.98 * (sorted.length - 1))] ?? 0;
  return colourise(plane, { colormap: 'inferno', range: [0, most] });
}
