/** How images come to the page: chosen, dropped, pasted, of the examples or taken by the camera. */
import { addImages } from '../add-images.ts';
import type { App } from '../app.ts';
import { droppedImages } from '../dropped-images.ts';
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

/** Hears images that are dropped anywhere or pasted. Pictures of the page itself, which a browser may hand over as files, are none. */
export function listenForImages(app: App): void {
  const { body } = document;
  let isOwn = false;
  addEventListener('dragstart', () => {
    isOwn = true;
  });
  // a picture that is taken off the page while it is dragged ends with no event of its own; pointers rest until the end
  for (const name of ['dragend', 'pointermove'])
    addEventListener(name, () => {
      isOwn = false;
    });
  addEventListener('dragover', (event) => {
    if (isOwn) return;
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
    if (event.dataTransfer !== null && !isForModel && !isOwn)
      void addImages(app, droppedImages(event.dataTransfer));
  });
  addEventListener('paste', ({ clipboardData }) => {
    const files = filesOf(clipboardData?.files ?? []);
    if (files.length > 0) void addImages(app, files);
  });
}

function filesOf(files: Iterable<File>): NewImage[] {
  return [...files].map((blob) => ({ name: blob.name, blob }));
}
