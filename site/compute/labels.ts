/** What a classifier calls an image. */
import { type Classification, classifyImages } from '../../lib/index.ts';
import type { ImageRef } from '../protocol.ts';
import { libraryTime } from './library-time.ts';
import { currentClassifier } from './loaded-model.ts';

/** @returns best first */
export async function imageLabels(
  { image, topK }: { image: ImageRef; topK: number },
  { signal }: { signal: AbortSignal },
): Promise<readonly Classification[]> {
  const { model, processor } = await currentClassifier(signal);
  return libraryTime.during(async () => {
    const named = [{ name: image.name, image: image.blob }];
    for await (const { labels } of classifyImages(model, named, { processor, topK, signal })) return labels;
    return [];
  });
}
