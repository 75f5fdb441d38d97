/** Images that a page has decoded or drawn: canvases, bitmaps, elements and frames of videos. */
import { Dinov2Error, ImageError, OptionError } from '../../errors/errors.ts';
import { compositeOnWhite, type RawImage, type RgbaImage, requireSize } from '../raw-image.ts';

/** A canvas of a page, one off screen, or one of a package such as canvas and \@napi-rs/canvas. */
interface CanvasLike {
  readonly width: number;
  readonly height: number;
  getContext(kind: '2d', settings?: object): unknown;
}

/** An `HTMLCanvasElement`, `OffscreenCanvas`, `ImageBitmap`, `HTMLImageElement`, `HTMLVideoElement` or `VideoFrame`. */
export type DrawnImage =
  | CanvasLike
  | { readonly width: number; readonly height: number; close(): void }
  | { readonly naturalWidth: number; readonly naturalHeight: number }
  | { readonly videoWidth: number; readonly videoHeight: number }
  | { readonly displayWidth: number; readonly displayHeight: number };

/** What is used of a canvas's context. */
interface Context {
  drawImage(image: DrawnImage, x: number, y: number): void;
  getImageData(x: number, y: number, width: number, height: number, settings: object): RgbaImage;
}

/** The state of a video that has a frame to show. Source: HTML, `HTMLMediaElement.readyState`. */
const HAVE_CURRENT_DATA = 2;

/** Whether a value is one of them. */
export function isDrawn(value: unknown): value is DrawnImage {
  if (typeof value !== 'object' || value === null) return false;
  const has = (name: string): boolean => name in value;
  return (
    has('naturalWidth') ||
    has('videoWidth') ||
    has('displayWidth') ||
    (has('width') && (has('getContext') || has('close')))
  );
}

/**
 * The pixels of such an image, by way of a canvas: in sRGB, its alpha laid on white.
 *
 * Decoding, colours and the rounding of half-transparent pixels are the platform's; the bytes of a file are decoded alike
 * everywhere.
 *
 * @throws ImageError if it has no pixels, or none that the page may read; OptionError if there is no canvas to draw it on
 */
export function drawnImage(image: DrawnImage, where: string): RawImage {
  const { width, height } = sizeOf(image);
  if (width === 0 || height === 0 || !isLoaded(image)) {
    throw new ImageError(
      `${where}: expected an image with pixels, got one that is not loaded or is closed; await image.decode(), a video's loadeddata, and close it after`,
    );
  }
  requireSize(width, height, where);
  try {
    const context = contextOf(image, width, height, where);
    const { data } = context.getImageData(0, 0, width, height, { colorSpace: 'srgb' });
    return compositeOnWhite({ width, height, data });
  } catch (cause) {
    if (cause instanceof Dinov2Error) throw cause;
    throw new ImageError(
      `${where}: expected an image that can be read, got ${String(cause)}; images of another origin need crossOrigin = 'anonymous'`,
      { cause },
    );
  }
}

/** Pixels, those that were decoded before those that stand on the page. */
function sizeOf(image: DrawnImage): { width: number; height: number } {
  if ('naturalWidth' in image) return { width: image.naturalWidth, height: image.naturalHeight };
  if ('videoWidth' in image) return { width: image.videoWidth, height: image.videoHeight };
  if ('displayWidth' in image) return { width: image.displayWidth, height: image.displayHeight };
  return { width: image.width, height: image.height };
}

/** Whether an element has what it shows; before, nothing would be drawn. */
function isLoaded(image: DrawnImage): boolean {
  if ('complete' in image && image.complete === false) return false;
  return !('readyState' in image && Number(image.readyState) < HAVE_CURRENT_DATA);
}

/** The context of a canvas; for another image, or a canvas of WebGL or WebGPU, that of a new one that it is drawn on. */
function contextOf(image: DrawnImage, width: number, height: number, where: string): Context {
  const own = 'getContext' in image ? context2d(image) : undefined;
  if (own) return own;
  const drawn = context2d(newCanvas(width, height, where));
  if (!drawn)
    throw new OptionError(
      `${where}: expected a canvas with a context of 2d, got none; pass the file's bytes`,
    );
  drawn.drawImage(image, 0, 0);
  return drawn;
}

function context2d(canvas: CanvasLike): Context | null {
  return canvas.getContext('2d', { willReadFrequently: true }) as Context | null;
}

function newCanvas(width: number, height: number, where: string): CanvasLike {
  if (typeof OffscreenCanvas !== 'undefined') return new OffscreenCanvas(width, height);
  if (typeof document === 'undefined') {
    throw new OptionError(
      `${where}: expected bytes, pixels or a canvas where there is no page, got an image to draw; pass the file's bytes`,
    );
  }
  return Object.assign(document.createElement('canvas'), { width, height });
}
