/*
 * One call of libavif for a whole file in memory, with the choices Pillow 13 makes (_avif.c): clean apertures are not
 * looked at, `pixi` boxes may be missing, turning is left to the caller.
 *
 * Compiled to WebAssembly by scripts/build-libavif.sh.
 */
#include <stdlib.h>

#include "../decoder.h"
#include "avif/avif.h"

EXPORT("allocate") uint8_t *allocate(size_t size) { return malloc(size); }

static void check(avifResult result) {
  if (result != AVIF_RESULT_OK) host_fail(avifResultToString(result));
}

/* Rotations counter-clockwise by quarters, then mirroring: what EXIF has one number for. */
static uint32_t orientation_of(const avifImage *image) {
  static const uint8_t ORIENTATIONS[4][3] = {{1, 4, 2}, {8, 5, 7}, {3, 2, 4}, {6, 7, 5}};
  int quarters = image->transformFlags & AVIF_TRANSFORM_IROT ? image->irot.angle : 0;
  int mirrored = image->transformFlags & AVIF_TRANSFORM_IMIR ? 1 + image->imir.axis : 0;
  return ORIENTATIONS[quarters & 3][mirrored];
}

/* Decodes the first image of a file; fails if it has more pixels than told, or can't be decoded. */
EXPORT("decode") const DecodedImage *decode(const uint8_t *file, size_t size, uint32_t most_pixels) {
  static DecodedImage decoded;
  avifDecoder *decoder = avifDecoderCreate();
  if (decoder == NULL) check(AVIF_RESULT_OUT_OF_MEMORY);
  decoder->maxThreads = 1;
  decoder->imageSizeLimit = most_pixels;
  decoder->strictFlags &= ~(AVIF_STRICT_CLAP_VALID | AVIF_STRICT_PIXI_REQUIRED);
  check(avifDecoderSetIOMemory(decoder, file, size));
  check(avifDecoderParse(decoder));
  check(avifDecoderNthImage(decoder, 0));
  avifImage *image = decoder->image;
  /* libyuv undoes it in floats whose rounding is the processor's */
  if (image->alphaPremultiplied) host_fail("colours multiplied by alpha; convert it to PNG");

  avifRGBImage rgb;
  avifRGBImageSetDefaults(&rgb, image);
  rgb.depth = 8;
  rgb.format = decoder->alphaPresent ? AVIF_RGB_FORMAT_RGBA : AVIF_RGB_FORMAT_RGB;
  check(avifRGBImageAllocatePixels(&rgb));
  check(avifImageYUVToRGB(image, &rgb));
  decoded = (DecodedImage){.width = rgb.width,
                           .height = rgb.height,
                           .channels = decoder->alphaPresent ? 4 : 3,
                           .orientation = orientation_of(image),
                           .pixels = rgb.pixels,
                           .exif = image->exif.data,
                           .exif_size = image->exif.size,
                           .xmp = image->xmp.data,
                           .xmp_size = image->xmp.size};
  return &decoded;
}
