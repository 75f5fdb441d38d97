/** Queries and keys of the image that is looked at, which stay, so that any token and any head answers at once. */
import { keep, type Tensor4D } from '@tensorflow/tfjs-core';
import { BitImageProcessor, type Dinov2Model, type PatchFeatures } from '../../lib/index.ts';
import { currentModel } from './loaded-model.ts';

/** Queries and keys of a layer, [1, A, T, K]. */
export interface Heads {
  readonly query: Tensor4D;
  readonly key: Tensor4D;
}

/** What is kept: of one image in one view, its layers as far as there is room. */
let looked:
  | { readonly model: Dinov2Model; readonly of: string; readonly layers: Map<number, Heads> }
  | undefined;

/** Bytes of queries and keys up to which all layers are kept, and not only the one that is looked at. */
const MOST = 64 * 2 ** 20;

/**
 * Those of one layer.
 *
 * @param of the image and its view; what is kept of another is freed
 * @param layer from 1 on
 */
export async function headsOf(of: string, features: PatchFeatures, layer: number): Promise<Heads> {
  const { model } = currentModel();
  if (looked?.model !== model || looked.of !== of) {
    forget();
    looked = { model, of, layers: new Map() };
  }
  const known = looked.layers.get(layer);
  if (known !== undefined) return known;
  const { numHiddenLayers: L, hiddenSize: D } = model.config;
  const all = 2 * 4 * L * D * (features.grid.size + 1);
  forget();
  const { layers: kept } = looked;
  await visitHeads(features, all <= MOST ? layersTo(L) : [layer], (each, { query, key }) => {
    kept.set(each, { query: keep(query.clone()), key: keep(key.clone()) });
  });
  const found = kept.get(layer);
  if (found === undefined) throw new Error(`attention: expected a layer from 1 to ${L}, got ${layer}`);
  return found;
}

/**
 * Shows queries and keys of layers while the model runs.
 *
 * @param layers from 1 on, in their order
 * @param visit borrows them
 */
export async function visitHeads(
  { seen }: PatchFeatures,
  layers: readonly number[],
  visit: (layer: number, heads: Heads) => void,
): Promise<void> {
  const { model, processor } = currentModel();
  const asItIs = new BitImageProcessor({ ...processor.config, doResize: false, doCenterCrop: false });
  const { pixelValues } = await asItIs.preprocess(seen);
  const output = model.forward(pixelValues, {
    attentionVisitor: {
      layers: layers.map((each) => each - 1),
      visit: (each, heads) => visit(each + 1, heads),
    },
  });
  output.dispose();
}

/** 1 to L. */
export function layersTo(last: number): number[] {
  return Array.from({ length: last }, (_, i) => i + 1);
}

function forget(): void {
  for (const { query, key } of looked?.layers.values() ?? []) {
    query.dispose();
    key.dispose();
  }
  looked?.layers.clear();
}
