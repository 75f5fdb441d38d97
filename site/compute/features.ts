/** The patch features of the page's images; the last ones used are kept. */
import { type Dinov2Model, type NamedImage, type PatchFeatures, patchFeatures } from '../../lib/index.ts';
import type { Facet, ImageRef, View } from '../protocol.ts';
import { libraryTime } from './library-time.ts';
import { currentModel } from './loaded-model.ts';

/** Bytes of features that are kept, however many images there are. */
const MOST = 48 * 2 ** 20;

let kept: { readonly model: Dinov2Model; readonly features: Map<string, PatchFeatures> } | undefined;

/** Which features of a layer. */
export interface WantedFeatures {
  readonly facet: Facet;
  /** whether they go through the final norm; of tokens alone */
  readonly applyLayernorm: boolean;
}

const TOKENS: WantedFeatures = { facet: 'token', applyLayernorm: true };

/** Those of the view's layer. */
export async function featuresOf(
  image: ImageRef,
  view: View,
  signal: AbortSignal,
  wanted = TOKENS,
): Promise<PatchFeatures> {
  const { model } = currentModel();
  if (kept?.model !== model) kept = { model, features: new Map() };
  const { features } = kept;
  const key = `${image.id} ${view.size} ${view.layer} ${wanted.facet} ${wanted.applyLayernorm}`;
  const named = { name: image.name, image: image.blob };
  const found = features.get(key) ?? (await computed(named, view, signal, wanted));
  // what was used last stands last
  features.delete(key);
  features.set(key, found);
  let bytes = 0;
  for (const [each, value] of [...features].reverse()) {
    bytes += value.features.byteLength + value.seen.data.byteLength;
    if (bytes > MOST && each !== key) features.delete(each);
  }
  return found;
}

/** The same of any image; nothing is kept. */
export function computed(
  named: NamedImage,
  { size, layer }: View,
  signal: AbortSignal,
  wanted = TOKENS,
): Promise<PatchFeatures> {
  const { model, processor } = currentModel();
  return libraryTime.during(async () => {
    for await (const each of patchFeatures(model, [named], {
      processor,
      size,
      layer,
      ...wanted,
      signal,
    }))
      return each;
    throw new Error(`${named.name}: no features came of it`);
  });
}
