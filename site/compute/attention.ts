/** Attention of the image that is looked at: queries and keys stay, so that any token answers at once. */
import {
  BitImageProcessor,
  colourise,
  type Dinov2Model,
  gridPlane,
  type PatchFeatures,
  toImageData,
} from '../../lib/index.ts';
import type { AttentionAnswer, AttentionToken, GridFacts, ImageRef, View } from '../protocol.ts';
import { featuresOf } from './features.ts';
import { gridFacts, seenPng } from './layers.ts';
import { libraryTime } from './library-time.ts';
import { currentModel } from './loaded-model.ts';

/** Queries or keys of a layer, [A, T, K]. */
interface Heads {
  readonly query: Float32Array;
  readonly key: Float32Array;
}

/** What is kept: of one image in one view, its layers as far as there is room. */
let looked:
  | { readonly model: Dinov2Model; readonly of: string; readonly layers: Map<number, Heads> }
  | undefined;

/** Bytes of queries and keys up to which all layers are kept, and not only the one that is looked at. */
const MOST = 64 * 2 ** 20;

export async function seenImage(
  { image, view }: { image: ImageRef; view: View },
  { signal }: { signal: AbortSignal },
): Promise<GridFacts & { seen: Blob }> {
  const features = await viewOf(image, view, signal);
  return { ...gridFacts(features), seen: await seenPng(features) };
}

interface Request {
  readonly image: ImageRef;
  readonly view: View;
  readonly token: AttentionToken;
  /** 0 for the mean of all heads, then each of them */
  readonly head: number;
  readonly smooth: boolean;
}

export async function attentionOf(
  request: Request,
  { signal }: { signal: AbortSignal },
): Promise<AttentionAnswer> {
  const { image, view, token, head, smooth } = request;
  const { model } = currentModel();
  const features = await viewOf(image, view, signal);
  const heads = await libraryTime.during(() =>
    headsOf(model, `${image.id} ${view.size}`, features, view.layer),
  );
  const { numAttentionHeads, numRegisterTokens: R, hiddenSize } = model.config;
  const place = token === 'cls' ? 0 : 1 + R + token;
  const rows = attentionRows(heads, numAttentionHeads, hiddenSize, place).map((row) => row.subarray(1 + R));
  const maps = [meanOf(rows), ...rows];
  const { grid } = features;
  const chosen = gridPlane(grid, maps[head] ?? meanOf(rows), {
    interpolation: smooth ? 'bicubic' : 'nearest',
  });
  const options = { colormap: 'inferno' } as const;
  return {
    over: toImageData(colourise(chosen, options)),
    heads: maps.map((values) =>
      toImageData(colourise({ width: grid.columns, height: grid.rows, values }, options)),
    ),
  };
}

/** What the model sees of an image: its embeddings, for which no block runs. */
function viewOf(image: ImageRef, { size }: View, signal: AbortSignal): Promise<PatchFeatures> {
  return featuresOf(image, { size, layer: 0 }, signal);
}

async function headsOf(
  model: Dinov2Model,
  of: string,
  features: PatchFeatures,
  layer: number,
): Promise<Heads> {
  if (looked?.model !== model || looked.of !== of) looked = { model, of, layers: new Map() };
  const known = looked.layers.get(layer);
  if (known !== undefined) return known;
  const { numHiddenLayers: L, hiddenSize: D } = model.config;
  const all = 2 * 4 * L * D * (features.grid.size + 1);
  const layers = all <= MOST ? Array.from({ length: L }, (_, i) => i) : [layer - 1];
  const { layers: kept } = looked;
  kept.clear();
  const { processor } = currentModel();
  const asItIs = new BitImageProcessor({ ...processor.config, doResize: false, doCenterCrop: false });
  const { pixelValues } = await asItIs.preprocess(features.seen);
  const output = model.forward(pixelValues, {
    attentionVisitor: {
      layers,
      visit(each, { query, key }) {
        kept.set(each + 1, {
          query: query.dataSync<'float32'>().slice(),
          key: key.dataSync<'float32'>().slice(),
        });
      },
    },
  });
  output.dispose();
  const found = kept.get(layer);
  if (found === undefined) throw new Error(`attention: expected a layer from 1 to ${L}, got ${layer}`);
  return found;
}

/**
 * The row of a token, of each head: softmax(q Kᵀ / √K).
 *
 * @param heads [A, T, K]
 * @returns A rows [T]
 */
function attentionRows({ query, key }: Heads, A: number, dim: number, token: number): Float32Array[] {
  const K = dim / A;
  const T = key.length / dim;
  return Array.from({ length: A }, (_, head) => {
    const first = head * T * K;
    const row = new Float32Array(T);
    for (let other = 0; other < T; other++) {
      let sum = 0;
      for (let i = 0; i < K; i++)
        sum += (query[first + token * K + i] ?? 0) * (key[first + other * K + i] ?? 0);
      row[other] = sum / Math.sqrt(K);
    }
    return softmax(row);
  });
}

function softmax(row: Float32Array): Float32Array {
  const most = row.reduce((largest, each) => Math.max(largest, each), Number.NEGATIVE_INFINITY);
  const powers = row.map((each) => Math.exp(each - most));
  const sum = powers.reduce((total, each) => total + each, 0);
  return powers.map((each) => each / sum);
}

/** The mean of rows. */
function meanOf(rows: readonly Float32Array[]): Float32Array {
  return (rows[0] ?? new Float32Array(0)).map((_, i) => {
    let sum = 0;
    for (const row of rows) sum += row[i] ?? 0;
    return sum / rows.length;
  });
}
