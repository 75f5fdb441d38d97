/** What to do where the bundled model is shown something that it does not know. */
import type { App } from '../app.ts';
import { button, byId } from './make.ts';

const SMALL = 'facebook/dinov2-small';

/** Keeps the line as the images and the model are. */
export function showModelHint(app: App): void {
  const place = byId('model-hint');
  const load = button(
    'Load DINOv2 small, 88 MB',
    () => void app.models.load({ kind: 'address', address: SMALL }),
  );
  const text = 'The model that comes with this page knows handwritten digits and nothing else. ';
  const update = () => {
    const isStrange = app.images.list.some(({ isDigit }) => !isDigit);
    const isShown = app.models.facts?.isBundled === true && app.models.coming === undefined && isStrange;
    if (isShown !== place.hasChildNodes()) place.replaceChildren(...(isShown ? [text, load] : []));
  };
  for (const each of [app.images, app.models]) each.addEventListener('change', update);
}
