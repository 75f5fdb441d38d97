/** Pixels on a canvas. */

/** Gives a canvas the size and the pixels of an image. */
export function paint(canvas: HTMLCanvasElement, image: ImageData): void {
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext('2d')?.putImageData(image, 0, 0);
}
