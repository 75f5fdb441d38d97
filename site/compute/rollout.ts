/** Attention rolled out over the layers of the image that is looked at; the product of layers stays, so that any token answers at once. */
import { type Dinov2Model, type PatchFeatures, RolloutMatrix, readFloat32 } from '../../lib/index.ts';
import { layersTo, visitHeads } from './attention-heads.ts';
import { currentModel } from './loaded-model.ts';

let rolled: { readonly model: Dinov2Model; readonly of: string; readonly matrix: RolloutMatrix } | undefined;

/**
 * How much of each patch has come to a token by way of all layers as far as one.
 *
 * @param of the image and its view; what is kept of another is freed
 * @param token 0 is CLS, then registers, then patches
 * @returns [N]
 */
export async function rolloutMap(
  of: string,
  features: PatchFeatures,
  layer: number,
  token: number,
): Promise<Float32Array> {
  const { model } = currentModel();
  const key = `${of} ${layer}`;
  if (rolled?.model !== model || rolled.of !== key) {
    rolled?.matrix.dispose();
    const matrix = new RolloutMatrix({ headFusion: 'mean', discardRatio: 0 });
    rolled = { model, of: key, matrix };
    await visitHeads(features, layersTo(layer), (_layer, heads) => matrix.add(heads.query, heads.key));
  }
  const row = rolled.matrix.row(token);
  const values = await readFloat32(row);
  row.dispose();
  return values.slice(1 + model.config.numRegisterTokens);
}
