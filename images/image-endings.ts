/** Endings of names of image files. */

/** Of all formats that are read, in lower case. */
export const IMAGE_ENDINGS: readonly string[] = (
  '.jpg .jpeg .jpe .jfif .jif .pjpeg .pjp .mpo .png .apng .webp .gif .bmp .dib ' +
  '.tif .tiff .avif .avifs .jp2 .j2k .j2c .jpc .jpf .jpx'
).split(' ');

/** Whether a file is an image by its name. */
export function isImageName(name: string): boolean {
  return IMAGE_ENDINGS.some((ending) => name.toLowerCase().endsWith(ending));
}
