/*
 * One call of OpenJPEG for a whole file in memory: tile by tile, to 8 bits by shifts, as Pillow 13 does
 * (Jpeg2KDecode.c), and from there to RGB or RGBA by Pillow's `convert`.
 *
 * Compiled to WebAssembly by scripts/build-openjpeg.sh.
 */
#include <stdlib.h>
#include <string.h>

#include "../decoder.h"
#include "openjpeg.h"

EXPORT("allocate") uint8_t *allocate(size_t size) { return malloc(size); }

/* There is no environment: OpenJPEG would look there for a number of threads. */
char *getenv(const char *name) {
  (void)name;
  return NULL;
}

/* A file in memory as OpenJPEG's stream. */
typedef struct {
  const uint8_t *bytes;
  size_t size, at;
} File;

static OPJ_SIZE_T read_bytes(void *buffer, OPJ_SIZE_T wanted, void *user) {
  File *file = user;
  size_t left = file->size - file->at;
  size_t count = wanted < left ? wanted : left;
  if (count == 0) return (OPJ_SIZE_T)-1;
  memcpy(buffer, file->bytes + file->at, count);
  file->at += count;
  return count;
}

static OPJ_OFF_T skip_bytes(OPJ_OFF_T wanted, void *user) {
  File *file = user;
  if (wanted < 0 || (uint64_t)wanted > file->size - file->at) return -1;
  file->at += (size_t)wanted;
  return wanted;
}

static OPJ_BOOL seek_bytes(OPJ_OFF_T to, void *user) {
  File *file = user;
  if (to < 0 || (uint64_t)to > file->size) return OPJ_FALSE;
  file->at = (size_t)to;
  return OPJ_TRUE;
}

static char reason[256];

/* The first of several is the cause. */
static void keep_reason(const char *message, void *user) {
  (void)user;
  if (reason[0] == 0) strncpy(reason, message, sizeof reason - 1);
}

static void check(int done) {
  if (!done) host_fail(reason[0] != 0 ? reason : "damaged data");
}

static void require(int holds, const char *otherwise) {
  if (!holds) host_fail(otherwise);
}

static uint8_t clipped(int value) { return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value); }

static int rounded(double value) { return (int)(value + 0.5); }

/* YCbCr to RGB in place. Source: Pillow 13, ConvertYCbCr.c, whose tables are these products. */
static void rgb_of_ycc(uint8_t *pixel) {
  int y = pixel[0], cb = pixel[1] - 128, cr = pixel[2] - 128;
  pixel[0] = clipped(y + (rounded(1.402 * 64 * cr) >> 6));
  pixel[1] = clipped(y + ((rounded(-0.34414 * 64 * cb) + rounded(-0.71414 * 64 * cr)) >> 6));
  pixel[2] = clipped(y + (rounded(1.772 * 64 * cb) >> 6));
}

/* Inks to RGB in place. Source: Pillow 13, Convert.c, cmyk2rgb. */
static void rgb_of_inks(uint8_t *pixel) {
  int paper = 255 - pixel[3];
  for (int n = 0; n < 3; n++) {
    int product = pixel[n] * paper + 128;
    pixel[n] = clipped(paper - (((product >> 8) + product) >> 8));
  }
  pixel[3] = 255;
}

/* One sample of a component, as many bits as asked for. */
static unsigned sample(const opj_image_comp_t *component, const uint8_t *data, size_t i, int bits) {
  int shift = bits - (int)component->prec;
  unsigned offset = component->sgnd ? 1u << (component->prec - 1) : 0;
  if (shift < 0) offset += 1u << (-shift - 1);
  unsigned word = component->prec <= 8    ? data[i]
                  : component->prec <= 16 ? ((const uint16_t *)data)[i]
                                          : ((const uint32_t *)data)[i];
  return shift < 0 ? (offset + word) >> -shift : (offset + word) << shift;
}

static size_t bytes_of(const opj_image_comp_t *component) {
  return component->prec <= 8 ? 1 : component->prec <= 16 ? 2 : 4;
}

/* A tile's components, one after the other, to interleaved RGB or RGBA. */
static void unpack(const opj_image_t *image, const uint8_t *data, size_t pixels, size_t width, uint8_t *to, size_t stride,
                   int channels) {
  int grey = image->numcomps <= 2;
  int deep = image->numcomps == 1 && image->comps[0].prec > 8;
  for (unsigned n = 0; n < image->numcomps; n++) {
    const opj_image_comp_t *component = &image->comps[n];
    unsigned first = grey && n == 1 ? 3 : n;
    unsigned last = grey && n == 0 ? 2 : first;
    for (size_t i = 0; i < pixels; i++) {
      unsigned value = sample(component, data, i, deep ? 16 : 8);
      /* Pillow clips 16 bits where it makes RGB of them */
      uint8_t byte = (uint8_t)(deep && value > 255 ? 255 : value);
      uint8_t *pixel = to + i / width * stride + i % width * channels;
      for (unsigned channel = first; channel <= last; channel++) pixel[channel] = byte;
    }
    data += bytes_of(component) * pixels;
  }
  void (*convert)(uint8_t *) = image->color_space == OPJ_CLRSPC_SYCC   ? rgb_of_ycc
                               : image->color_space == OPJ_CLRSPC_CMYK ? rgb_of_inks
                                                                       : NULL;
  if (convert == NULL) return;
  for (size_t i = 0; i < pixels; i++) convert(to + i / width * stride + i % width * channels);
}

static opj_codec_t *codec_of(const uint8_t *file, size_t size, opj_stream_t *stream, opj_image_t **image) {
  int bare = size > 1 && file[0] == 0xff && file[1] == 0x4f;
  opj_codec_t *codec = opj_create_decompress(bare ? OPJ_CODEC_J2K : OPJ_CODEC_JP2);
  opj_dparameters_t parameters;
  opj_set_default_decoder_parameters(&parameters);
  opj_set_error_handler(codec, keep_reason, NULL);
  check(opj_setup_decoder(codec, &parameters));
  check(opj_read_header(stream, codec, image));
  return codec;
}

/* What Pillow refuses, and what it converts in a way of its own. */
static void require_known(const opj_image_t *image) {
  int count = (int)image->numcomps;
  require(count >= 1 && count <= 4, "more than 4 components; convert it to PNG");
  OPJ_COLOR_SPACE space = image->color_space;
  int grey = space == OPJ_CLRSPC_GRAY && count <= 2;
  int colour = (space == OPJ_CLRSPC_SRGB || space == OPJ_CLRSPC_SYCC) && count >= 3;
  int inks = space == OPJ_CLRSPC_CMYK && count == 4;
  require(grey || colour || inks || space == OPJ_CLRSPC_UNSPECIFIED, "a colour space other than grey, sRGB, sYCC, CMYK; convert it to PNG");
  for (int n = 0; n < count; n++) {
    require(image->comps[n].dx == 1 && image->comps[n].dy == 1, "subsampled components; convert it to PNG");
    require(image->comps[n].prec >= 1 && image->comps[n].prec <= 16, "more than 16 bits; convert it to PNG");
  }
}

/* Decodes a JP2 file or a bare codestream; fails if it has more pixels than told, or can't be decoded. */
EXPORT("decode") const DecodedImage *decode(const uint8_t *bytes, size_t size, uint32_t most_pixels) {
  static DecodedImage decoded;
  File file = {bytes, size, 0};
  opj_stream_t *stream = opj_stream_create(1 << 20, OPJ_TRUE);
  require(stream != NULL, "no memory");
  opj_stream_set_read_function(stream, read_bytes);
  opj_stream_set_skip_function(stream, skip_bytes);
  opj_stream_set_seek_function(stream, seek_bytes);
  opj_stream_set_user_data(stream, &file, NULL);
  opj_stream_set_user_data_length(stream, size);
  opj_image_t *image = NULL;
  opj_codec_t *codec = codec_of(bytes, size, stream, &image);
  require_known(image);
  uint32_t width = image->x1 - image->x0, height = image->y1 - image->y0;
  require(width >= 1 && height >= 1 && (uint64_t)width * height <= most_pixels, "too many pixels");
  int channels = image->numcomps % 2 == 0 ? 4 : 3;
  uint8_t *pixels = calloc((size_t)width * height, channels);
  require(pixels != NULL, "no memory");
  for (;;) {
    OPJ_UINT32 index, length, count;
    OPJ_INT32 x0, y0, x1, y1;
    OPJ_BOOL more;
    check(opj_read_tile_header(codec, stream, &index, &length, &x0, &y0, &x1, &y1, &count, &more));
    if (!more) break;
    require(x0 < x1 && y0 < y1 && x0 >= 0 && y0 >= 0 && (uint32_t)x0 >= image->x0 && (uint32_t)y0 >= image->y0 &&
                (uint32_t)x1 <= image->x1 && (uint32_t)y1 <= image->y1 && count == image->numcomps,
            "a tile outside of the image");
    uint8_t *tile = malloc(length);
    require(tile != NULL, "no memory");
    check(opj_decode_tile_data(codec, index, tile, length, stream));
    size_t needed = 0, tile_pixels = (size_t)(x1 - x0) * (size_t)(y1 - y0);
    for (unsigned n = 0; n < count; n++) needed += bytes_of(&image->comps[n]) * tile_pixels;
    require(needed <= length, "a tile that is too short");
    size_t stride = (size_t)width * channels;
    unpack(image, tile, tile_pixels, (size_t)(x1 - x0),
           pixels + ((uint32_t)y0 - image->y0) * stride + ((uint32_t)x0 - image->x0) * channels, stride, channels);
    free(tile);
  }
  check(opj_end_decompress(codec, stream));
  decoded = (DecodedImage){.width = width, .height = height, .channels = channels, .orientation = 1, .pixels = pixels};
  return &decoded;
}
