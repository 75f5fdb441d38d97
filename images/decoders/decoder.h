/* What the decoders in C share: how they are called from images/decoders/run-decoder.ts, and what they return. */
#ifndef DECODER_H
#define DECODER_H
#include <stddef.h>
#include <stdint.h>

#define EXPORT(name) __attribute__((export_name(name)))

/* Throws an exception of JavaScript's, which leaves this module for good: it must not be called again. */
__attribute__((import_module("host"), import_name("fail"), noreturn)) void host_fail(const char *message);

/* A decoded image; the memory is the module's, which lives for one file. */
typedef struct {
  uint32_t width, height;
  /* 3 for RGB, 4 for RGBA */
  uint32_t channels;
  /* as EXIF numbers them: how the format itself says the pixels have to be turned */
  uint32_t orientation;
  const uint8_t *pixels, *exif, *xmp;
  size_t exif_size, xmp_size;
} DecodedImage;

#endif
