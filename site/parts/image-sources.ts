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
    id: 'image-files',
    accept: 'image/*,.tif,.tiff,.jp2,.avif',
    multiple: true,
    hidden: true,
    'aria-label': 'Image files',
    onchange: () => {
      void addImages(app, filesOf(input.files ?? []));
      input.value = '';
    },
  });
  const example = (set: ExampleSet) => {
    const onclick = () => void addImages(app, exampleImages(set));
    return button(set, onclick, { class: 'link', 'aria-label': `Add the example ${set}` });
  };
  return make(
    'div',
    { class: 'sources' },
    make(
      'div',
      { class: 'buttons' },
      button('Choose images', () => input.click(), { class: 'primary' }),
      button('Camera', () => openCameraDialog(app)),
    ),
    make(
      'p',
      { class: 'help' },
      'Or drop or paste them. Examples: ',
      example('digits'),
      ', ',
      example('photos'),
      '.',
    ),
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
    if (isForModel) return;
    const files = filesOf(event.dataTransfer?.files ?? []);
    if (files.length > 0) void addImages(app, files);
    else app.notice.show(new Error('No file was dropped. Save the image, then drop its file.'));
  });
  addEventListener('paste', ({ clipboardData }) => {
    const files = filesOf(clipboardData?.files ?? []);
    if (files.length > 0) void addImages(app, files);
  });
}

function filesOf(files: Iterable<File>): NewImage[] {
  return [...files].map((blob) => ({ name: blob.name, blob }));
}
