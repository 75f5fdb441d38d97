/** The patch features of the page's images; the last ones used are kept. */
import { type PatchFeatures, patchFeatures } from '../../lib/index.ts';
import type { ImageRef, View } from '../protocol.ts';
import { libraryTime } from './library-time.ts';
import { currentModel } from './loaded-model.ts';

/** Bytes of features that are kept, however many images there are. */
const MOST = 96 * 2 ** 20;

const kept = new Map<string, PatchFeatures>();

/** Those of the last block, after the final norm. */
export async function featuresOf(
  image: ImageRef,
  { size }: View,
  signal: AbortSignal,
): Promise<PatchFeatures> {
  const key = `${image.id} ${size}`;
  const known = kept.get(key);
  const features = known ?? (await computed(image, size, signal));
  kept.delete(key);
  kept.set(key, features);
  let bytes = 0;
  for (const [each, value] of [...kept].reverse()) {
    bytes += value.features.byteLength + value.seen.data.byteLength;
    if (bytes > MOST && each !== key) kept.delete(each);
  }
  return features;
}

/** Called when another model comes. */
export function forgetFeatures(): void {
  kept.clear();
}

function computed({ name, blob }: ImageRef, size: number, signal: AbortSignal): Promise<PatchFeatures> {
  const { model, processor } = currentModel();
  return libraryTime.during(async () => {
    for await (const each of patchFeatures(model, [{ name, image: blob }], { processor, size, signal }))
      return each;
    throw new Error(`${name}: no features came of it`);
  });
}
