/** Views with more pixels a patch, for drawing. */
import { PatchGrid } from '../../images/geometry/patch-grid.ts';
import type { RawImage } from '../../images/raw-image.ts';
import type { ImageSize } from '../../images/target-size.ts';
import { enlarge } from '../../rendering/enlarge.ts';
import type { OfView } from './over-views.ts';

/**
 * A view as if the model saw it larger, in as many patches: lines and marks of a few pixels are finer on it, and its places on the
 * image are the same. Its pixels are computed when they are looked at, as what covers all of them is often drawn.
 *
 * @param times whole, 1 for the view itself
 */
export function enlargedView<View extends Pick<OfView, 'grid' | 'seen'>>(view: View, times: number): View {
  if (times === 1) return view;
  const { seen, grid } = view;
  const { image, resized, offset, input, patchSize } = grid;
  const larger = ({ height, width }: ImageSize): ImageSize => ({
    height: height * times,
    width: width * times,
  });
  let enlarged: RawImage | undefined;
  return {
    ...view,
    get seen() {
      enlarged ??= enlarge(seen, seen.width * times, seen.height * times, 'bicubic');
      return enlarged;
    },
    grid: new PatchGrid({
      image,
      resized: larger(resized),
      offset: { x: offset.x * times, y: offset.y * times },
      input: larger(input),
      patchSize: [patchSize[0] * times, patchSize[1] * times],
    }),
  };
}
