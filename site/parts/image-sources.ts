/** How images come to the page: chosen, dropped, pasted, of the examples or taken by the camera. */
import { addImages } from '../add-images.ts';
import type { App } from '../app.ts';
import { type ExampleSet, exampleImages } from '../examples.ts';
import type { NewImage } from '../images.ts';
import { openCameraDialog } from './camera-dialog.ts';
import { button, make } from './make.ts';

/** The buttons that add images. */
export function addButtons(app: App): HTMLElement {
  const input = make('input', {
    type: 'file',
    accept: 'image/*,.tif,.tiff,.jp2,.avif',
    multiple: true,
    hidden: true,
    'aria-label': 'Image files',
    onchange: () => {
      void addImages(app, filesOf(input.files ?? []));
      input.value = '';
    },
  });
  const examples = (set: ExampleSet) => () => void addImages(app, exampleImages(set));
  return make(
    'div',
    { class: 'buttons sources' },
    button('Choose images', () => input.click(), { class: 'primary' }),
    button('Camera', () => openCameraDialog(app)),
    button('Digits', examples('digits'), { class: 'quiet', 'aria-label': 'Add the example digits' }),
    button('Photos', examples('photos'), { class: 'quiet', 'aria-label': 'Add the example photos' }),
    input,
  );
}

/** Hears images that are dropped anywhere or pasted. */
export function listenForImages(app: App): void {
  const { body } = document;
  addEventListener('dragover', (event) => {
    event.preventDefault();
    body.classList.add('dragging');
  });
  addEventListener('dragleave', ({ relatedTarget }) => {
    if (relatedTarget === null) body.classList.remove('dragging');
  });
  addEventListener('drop', (event) => {
    event.preventDefault();
    body.classList.remove('dragging');
    const isForModel = event.target instanceof Element && event.target.closest('dialog') !== null;
    if (!isForModel) void addImages(app, filesOf(event.dataTransfer?.files ?? []));
  });
  addEventListener('paste', ({ clipboardData }) => {
    const files = filesOf(clipboardData?.files ?? []);
    if (files.length > 0) void addImages(app, files);
  });
}

function filesOf(files: Iterable<File>): NewImage[] {
  return [...files].map((blob) => ({ name: blob.name, blob }));
}
