/** `size` and `crop_size` of a `preprocessor_config.json`, in every form transformers takes. */
import { wrongSetting } from '../errors/wrong-setting.ts';
import { isObject, type JsonObject } from '../options/json-object.ts';
import type { ImageSize, SizeRule } from './target-size.ts';

function isLength(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0;
}

/** The lengths of an object, if these and no others are in it; keys with null are as good as absent. */
function lengths(value: unknown, ...keys: readonly string[]): number[] | undefined {
  if (!isObject(value)) return undefined;
  const found = new Map<string, unknown>(Object.entries(value).filter(([, length]) => length !== null));
  const values = keys.map((key) => found.get(key));
  return found.size === keys.length && values.every(isLength) ? values : undefined;
}

/** Height and width of a list or an object. */
function bothSides(value: unknown): ImageSize | undefined {
  const [height, width] = (Array.isArray(value) ? value : lengths(value, 'height', 'width')) ?? [];
  return isLength(height) && isLength(width) ? { height, width } : undefined;
}

/** A `size` in which one number is an object: of both sides, or of the shortest. */
export function sizeOfLength(size: unknown, isSquare: boolean): unknown {
  if (!isLength(size)) return size;
  return isSquare ? { height: size, width: size } : { shortest_edge: size };
}

/**
 * Reads a `size`: [height, width], or an object of `shortest_edge`, of that and `longest_edge`, of `height` and `width`, or of
 * `max_height` and `max_width`. Pixels as a number are made an object before, by `sizeOfLength`.
 *
 * Source: transformers 5.23.0, `image_processing_utils.py`, `get_size_dict`; `image_processing_backends.py`, `resize`.
 *
 * @param where the key, for the error message
 * @throws ConfigError if it is of no such form
 */
export function sizeRule(value: unknown, where: string): SizeRule {
  const exact = bothSides(value);
  if (exact !== undefined) return { kind: 'exact', ...exact };
  const [shortest] = lengths(value, 'shortest_edge') ?? [];
  if (shortest !== undefined) return { kind: 'shortest', shortestEdge: shortest };
  const [shortestEdge, longestEdge] = lengths(value, 'shortest_edge', 'longest_edge') ?? [];
  if (shortestEdge !== undefined && longestEdge !== undefined) {
    return { kind: 'shortest-longest', shortestEdge, longestEdge };
  }
  const [maxHeight, maxWidth] = lengths(value, 'max_height', 'max_width') ?? [];
  if (maxHeight !== undefined && maxWidth !== undefined) return { kind: 'within', maxHeight, maxWidth };
  return wrongSetting(
    where,
    'pixels as a number, [height, width], shortest_edge with or without longest_edge, height and width, or max_height and max_width',
    value,
  );
}

/**
 * Reads a `crop_size`: pixels as a number for both sides, [height, width], or an object of `height` and `width`.
 *
 * @param where the key, for the error message
 * @throws ConfigError if it is of no such form
 */
export function cropSize(value: unknown, where: string): ImageSize {
  if (isLength(value)) return { height: value, width: value };
  return (
    bothSides(value) ?? wrongSetting(where, 'pixels as a number, [height, width], or height and width', value)
  );
}

/** A `size` as transformers writes it. */
export function sizeToJson(size: SizeRule): JsonObject {
  switch (size.kind) {
    case 'shortest':
      return { shortest_edge: size.shortestEdge };
    case 'shortest-longest':
      return { longest_edge: size.longestEdge, shortest_edge: size.shortestEdge };
    case 'exact':
      return { height: size.height, width: size.width };
    case 'within':
      return { max_height: size.maxHeight, max_width: size.maxWidth };
  }
}
