/** What a classifier calls an image. */
import { type Classification, classifyImages } from '../../lib/index.ts';
import type { Calls } from '../protocol.ts';
import type { Context } from './context.ts';
import { libraryTime } from './library-time.ts';
import { currentClassifier } from './loaded-model.ts';

/** @returns best first */
export async function imageLabels(
  { image, topK }: Calls['labels']['request'],
  { signal }: Context<'labels'>,
): Promise<readonly Classification[]> {
  const { model, processor } = await currentClassifier(signal);
  return libraryTime.during(async () => {
    const named = [{ name: image.name, image: image.blob }];
    for await (const { labels } of classifyImages(model, named, { processor, topK, signal })) return labels;
    return [];
  });
}
