/** Images that come to the page, wherever they are from. */
import type { App } from './app.ts';
import type { NewImage } from './images.ts';
import { countText } from './parts/quantities.ts';

/** Adds images, says how many there are now, and shows the first that could not be read. */
export async function addImages(
  app: App,
  images: readonly NewImage[] | Promise<readonly NewImage[]>,
): Promise<void> {
  try {
    const errors = await app.images.add(await images);
    const [error] = errors;
    if (error !== undefined) app.notice.show(error);
    app.notice.announce(countText(app.images.list.length, 'image'));
  } catch (error) {
    app.notice.show(error);
  }
}
