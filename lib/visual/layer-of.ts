/** Layers as options name them. */
import { OptionError } from '../../errors/errors.ts';

/**
 * A layer counted from the first.
 *
 * @param layer from `first` to L, or negative from the end
 * @param depth L
 * @param first 1, or 0 where the embeddings are a layer too
 * @returns 0…L
 * @throws OptionError if there is none
 */
export function layerOf(where: string, layer: number, depth: number, first: 0 | 1 = 1): number {
  const fromFirst = layer < 0 ? layer + depth + 1 : layer;
  if (fromFirst >= first && fromFirst <= depth) return fromFirst;
  throw new OptionError(
    `${where}: layer: expected ${first} to ${depth}, or ${first - depth - 1} to -1 from the end, got ${layer}`,
  );
}
