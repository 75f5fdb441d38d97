/** Images of pages, by their shapes; Chromium's own are in `conformance/browser/`. */
import { ImageError, OptionError } from '../../errors/errors.ts';
import { pixelsOf, RGB, RGBA, SIZE } from './testing/small-image.ts';

/** A canvas that has been drawn on, or one with a context of another kind. */
class FakeCanvas {
  static drawn: unknown[] = [];
  readonly width: number;
  readonly height: number;
  private readonly kind: string;

  constructor(width: number, height: number, kind = '2d') {
    this.width = width;
    this.height = height;
    this.kind = kind;
  }

  getContext(kind: string) {
    if (kind !== this.kind) return null;
    return {
      drawImage: (image: unknown) => FakeCanvas.drawn.push(image),
      getImageData: (...where: unknown[]) => {
        expect(where).toEqual([0, 0, SIZE.width, SIZE.height, { colorSpace: 'srgb' }]);
        return { ...SIZE, data: RGBA };
      },
    };
  }
}

afterEach(() => {
  FakeCanvas.drawn = [];
  Reflect.deleteProperty(globalThis, 'OffscreenCanvas');
  Reflect.deleteProperty(globalThis, 'document');
});

const close = () => undefined;
const DRAWN: Record<string, object> = {
  'an ImageBitmap': { ...SIZE, close },
  'an image element, shown smaller': {
    width: 1,
    height: 1,
    naturalWidth: SIZE.width,
    naturalHeight: SIZE.height,
    complete: true,
  },
  'a video element': { width: 9, height: 9, videoWidth: SIZE.width, videoHeight: SIZE.height, readyState: 4 },
  'a frame of a video': {
    codedWidth: 16,
    codedHeight: 16,
    displayWidth: SIZE.width,
    displayHeight: SIZE.height,
    close,
  },
  'a canvas of WebGL': new FakeCanvas(SIZE.width, SIZE.height, 'webgl'),
};

test('a canvas is read as it is', async () => {
  expect((await pixelsOf(new FakeCanvas(SIZE.width, SIZE.height))).data).toEqual(RGB);
  expect(FakeCanvas.drawn).toEqual([]);
});

test.each(Object.entries(DRAWN))('%s is drawn on a canvas, of the page or off screen', async (_, image) => {
  Object.assign(globalThis, { OffscreenCanvas: FakeCanvas });
  expect((await pixelsOf(image)).data).toEqual(RGB);
  Reflect.deleteProperty(globalThis, 'OffscreenCanvas');
  const { width, height } = SIZE;
  Object.assign(globalThis, { document: { createElement: () => new FakeCanvas(width, height) } });
  expect((await pixelsOf(image)).data).toEqual(RGB);
  expect(FakeCanvas.drawn).toEqual([image, image]);
});

test.each(Object.entries(DRAWN))('%s is refused where there is no page', async (_, image) => {
  await expect(pixelsOf(image)).rejects.toThrow(OptionError);
  await expect(pixelsOf(image)).rejects.toThrow(/^image 0: .* there is no page, .*; pass the file's bytes$/);
});

test('images that are not loaded, closed, or of another origin are refused in words', async () => {
  const loading = { naturalWidth: 0, naturalHeight: 0, complete: false };
  const half = { naturalWidth: SIZE.width, naturalHeight: SIZE.height, complete: false };
  const waiting = { videoWidth: SIZE.width, videoHeight: SIZE.height, readyState: 1 };
  const flat = { width: SIZE.width, height: 0, close };
  const thin = { width: 0, height: SIZE.height, close };
  for (const image of [loading, half, waiting, flat, thin]) {
    await expect(pixelsOf(image)).rejects.toThrow(
      /with pixels, got one that is not loaded .*; await image\.decode\(\)/,
    );
  }
  await expect(pixelsOf({ width: 0, height: 0, close })).rejects.toThrow(ImageError);
  const tainted = new FakeCanvas(SIZE.width, SIZE.height);
  tainted.getContext = () => {
    throw new DOMException('tainted by cross-origin data', 'SecurityError');
  };
  await expect(pixelsOf(tainted)).rejects.toThrow(/got SecurityError: tainted .* crossOrigin = 'anonymous'$/);
});
