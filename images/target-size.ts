/** The size an image is resized to. */

/** The forms of `size` in `preprocessor_config.json`; pixels. */
export type SizeRule =
  | { kind: 'shortest'; shortestEdge: number }
  | { kind: 'shortest-longest'; shortestEdge: number; longestEdge: number }
  | { kind: 'exact'; height: number; width: number }
  | { kind: 'within'; maxHeight: number; maxWidth: number };

/** Height and width in pixels. */
export interface ImageSize {
  height: number;
  width: number;
}

/** Python's `round`: halves go to the even neighbour. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value);
  const rest = value - floor;
  if (rest !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/**
 * Where an image ends up under a rule, every fraction cut off as transformers cuts it.
 *
 * Source: transformers 5.23.0, `image_transforms.py`: `get_resize_output_image_size`,
 * `get_size_with_aspect_ratio`, `get_image_size_for_max_height_width`.
 */
export function targetSize({ height, width }: ImageSize, rule: SizeRule): ImageSize {
  switch (rule.kind) {
    case 'exact':
      return { height: rule.height, width: rule.width };
    case 'shortest': {
      const long = Math.trunc((rule.shortestEdge * Math.max(height, width)) / Math.min(height, width));
      return width <= height
        ? { height: long, width: rule.shortestEdge }
        : { height: rule.shortestEdge, width: long };
    }
    case 'within': {
      const scale = Math.min(rule.maxHeight / height, rule.maxWidth / width);
      return { height: Math.trunc(height * scale), width: Math.trunc(width * scale) };
    }
    case 'shortest-longest':
      return shortestWithinLongest({ height, width }, rule.shortestEdge, rule.longestEdge);
  }
}

function shortestWithinLongest({ height, width }: ImageSize, shortest: number, longest: number): ImageSize {
  let edge = shortest;
  let raw: number | undefined;
  const [min, max] = [Math.min(height, width), Math.max(height, width)];
  if ((max / min) * shortest > longest) {
    raw = (longest * min) / max;
    edge = roundHalfEven(raw);
  }
  if ((height <= width && height === edge) || (width <= height && width === edge)) return { height, width };
  if (width < height) return { height: Math.trunc(((raw ?? edge) * height) / width), width: edge };
  return { height: edge, width: Math.trunc(((raw ?? edge) * width) / height) };
}
