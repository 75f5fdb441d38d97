/** What to do where the bundled model is shown something that it does not know. */
import type { App } from '../app.ts';
import { CLASSIFIER, USUAL } from '../published-models.ts';
import { button, byId } from './make.ts';
import type { TabList } from './tab-list.ts';

/** Keeps the line as the images, the model and the tab are: what it offers can do what the tab shows. */
export function showModelHint(app: App, tabs: TabList): void {
  const place = byId('model-hint');
  const text = 'The model that comes with this page knows handwritten digits and nothing else. ';
  const offer = (name: string, { address, size }: typeof USUAL) =>
    button(`Load ${name}, ${size}`, () => void app.models.load({ kind: 'address', address }));
  const usual = offer('DINOv2 small', USUAL);
  const classifier = offer('one with 1,000 labels', CLASSIFIER);
  const update = () => {
    const isStrange = app.images.list.some(({ isDigit }) => !isDigit);
    const isShown = app.models.facts?.isBundled === true && app.models.coming === undefined && isStrange;
    const load = tabs.shown?.needsLabels ? classifier : usual;
    if (!isShown) place.replaceChildren();
    else if (!place.contains(load)) place.replaceChildren(text, load);
  };
  for (const each of [app.images, app.models, tabs]) each.addEventListener('change', update);
}
