/** A dialog that takes a photo. */
import { addImages } from '../add-images.ts';
import type { App } from '../app.ts';
import { startCamera, stopCamera } from '../camera.ts';
import { button, make } from './make.ts';

let taken = 0;

export async function openCameraDialog(app: App): Promise<void> {
  const video = make('video', { playsinline: true, 'aria-label': 'What the camera sees' });
  video.muted = true;
  const take = button('Take a photo', () => void photo(), { class: 'primary', disabled: true });
  const dialog = make(
    'dialog',
    { class: 'camera', 'aria-label': 'Camera', onclose: () => close() },
    video,
    make(
      'div',
      { class: 'buttons' },
      take,
      button('Close', () => dialog.close()),
    ),
  );
  const open = new AbortController();
  const close = () => {
    open.abort();
    stopCamera(video);
    dialog.remove();
  };
  const photo = async () => {
    // one click, one photo
    take.disabled = true;
    const { videoWidth: width, videoHeight: height } = video;
    const canvas = new OffscreenCanvas(width, height);
    canvas.getContext('2d')?.drawImage(video, 0, 0);
    await addImages(app, [{ name: `photo-${++taken}.png`, blob: await canvas.convertToBlob() }]);
    dialog.close();
  };
  const fail = (error: unknown) => {
    dialog.close();
    app.notice.show(error);
  };
  document.body.append(dialog);
  dialog.showModal();
  try {
    await startCamera(video, fail, open.signal);
    take.disabled = false;
    take.focus();
  } catch (error) {
    if (!open.signal.aborted) fail(error);
  }
}
