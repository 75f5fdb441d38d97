/** What stands where there is nothing to see yet: how to get something. */
import { addImages } from '../add-images.ts';
import type { App } from '../app.ts';
import { exampleImages } from '../examples.ts';
import { button, byId, make } from './make.ts';

export function emptyState(text: string, ...buttons: readonly HTMLElement[]): HTMLElement {
  return make('div', { class: 'empty' }, make('p', {}, text), make('div', { class: 'buttons' }, ...buttons));
}

/** Where images are missing: two ways to have some. */
export function noImages(app: App, text: string): HTMLElement {
  const examples = () => void addImages(app, exampleImages('digits'));
  return emptyState(
    text,
    button('Choose images', () => byId('image-files').click(), { class: 'primary' }),
    button('Take the example digits', examples),
  );
}
