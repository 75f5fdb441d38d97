/** A head in a file that is no classifier of DINOv2's. */
import type { MappedParameter } from '../../../weights/key-schemes/key-scheme.ts';

/** Whether so many features are (n + 1)·D for some n from 1. */
export function isWidth(features: number, width: number): boolean {
  return features % width === 0 && features >= 2 * width;
}

/**
 * The weights of a linear head, by our names and the file's, where its width is not that of DINOv2's, which read the CLS tokens of n layers and the
 * mean of the patches, (n + 1)·D values; such as timm's, which read one vector of D.
 *
 * @param parameters weights by our names
 * @returns empty if there is no head, or one of DINOv2's
 */
export function foreignHead(
  parameters: ReadonlyMap<string, MappedParameter>,
): [ours: string, theirs: string][] {
  const width = parameters.get('cls_token')?.shape.at(-1);
  const features = parameters.get('head.weight')?.shape.at(-1);
  if (width === undefined || features === undefined) return [];
  if (isWidth(features, width)) return [];
  return ['head.weight', 'head.bias'].flatMap((ours): [string, string][] => {
    const [part] = parameters.get(ours)?.parts ?? [];
    return part !== undefined && 'tensor' in part ? [[ours, part.tensor.name]] : [];
  });
}

/**
 * How to load a model in spite of such a head, for an error message.
 *
 * @param misshapen the weights that the message is about
 * @returns undefined if there is no such head, or the message is about other weights too
 */
export function foreignHeadRemedy(
  parameters: ReadonlyMap<string, MappedParameter>,
  misshapen: readonly string[],
): string | undefined {
  if (misshapen.some((name) => name !== 'head.weight')) return undefined;
  const [weight] = foreignHead(parameters);
  if (weight === undefined) return undefined;
  const glob = weight[1].replace(/weight$/, '*');
  return `to load the backbone without this head, set ignoreUnexpected to ['${glob}'] (--ignore '${glob}'); if timm trained it, a config.json of timm's says what it reads`;
}
