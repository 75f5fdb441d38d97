/** In the page: one image without loss in every form that a page has it in, against the bytes of its file. */

import { BitImageProcessor } from '../../images/image-processor.ts';
import type { ImageInput } from '../../images/inputs/image-input.ts';
import { DINOV2_PROCESSOR } from '../../images/processor-config.ts';
import { fetchBytes } from './check-references.ts';
import type { Findings } from './findings.ts';

const IMAGE = 'images/digits/eight.png';

/** The forms that this thread has, each made when it is wanted. */
async function formsOf(address: URL, bytes: Uint8Array): Promise<Record<string, () => Promise<ImageInput>>> {
  const blob = new Blob([new Uint8Array(bytes)]);
  const bitmap = await createImageBitmap(blob);
  const { width, height } = bitmap;
  const canvas = new OffscreenCanvas(width, height);
  const context = canvas.getContext('2d', { willReadFrequently: true });
  context?.drawImage(bitmap, 0, 0);
  const shared = (): Uint8Array => {
    const memory = new Uint8Array(new SharedArrayBuffer(bytes.length));
    memory.set(bytes);
    return memory;
  };
  const element = async (): Promise<HTMLImageElement> => {
    const image = Object.assign(new Image(), { src: address.href });
    await image.decode();
    return image;
  };
  const drawn = async (): Promise<HTMLCanvasElement> => {
    const target = Object.assign(document.createElement('canvas'), { width, height });
    target.getContext('2d', { willReadFrequently: true })?.drawImage(bitmap, 0, 0);
    return target;
  };
  return {
    'an ArrayBuffer': () => blob.arrayBuffer(),
    'a Blob': async () => blob,
    'a URL': async () => address,
    'an address relative to the page': async () => IMAGE,
    'a blob: URL': async () => URL.createObjectURL(blob),
    'a data: URI': async () => `data:image/png;base64,${btoa(String.fromCharCode(...bytes))}`,
    'a Response': () => fetch(address),
    'an ImageBitmap': async () => bitmap,
    'an OffscreenCanvas': async () => canvas,
    'an ImageData': async () => context?.getImageData(0, 0, width, height) ?? canvas,
    'a VideoFrame': async () => new VideoFrame(canvas, { timestamp: 0 }),
    ...(typeof SharedArrayBuffer !== 'undefined' && { 'shared memory': async () => shared() }),
    ...(typeof document !== 'undefined' && { 'an image element': element, 'a canvas element': drawn }),
  };
}

/** Checks every form; decoders and canvases of browsers are exact where nothing is lost and nothing is transparent. */
export async function checkInputs(root: URL, findings: Findings): Promise<void> {
  const processor = new BitImageProcessor({ ...DINOV2_PROCESSOR, doResize: false, doCenterCrop: false });
  const address = new URL(IMAGE, root);
  const bytes = await fetchBytes(address);
  const expected = (await processor.resizeAndCrop(bytes)).pixels;
  for (const [form, make] of Object.entries(await formsOf(address, bytes))) {
    await findings.gather('forms of images', form, async () => {
      const image = await make();
      const { data, shape } = (await processor.resizeAndCrop(image)).pixels;
      if (image instanceof VideoFrame) image.close();
      const same =
        String(shape) === String(expected.shape) && data.every((byte, i) => byte === expected.data[i]);
      return same ? [] : ['pixels differ from those of the file'];
    });
  }
}
