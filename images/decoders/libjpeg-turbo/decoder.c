/*
 * One call of libjpeg-turbo for a whole file in memory, with the choices Pillow 13 makes (JpegDecode.c): a source that
 * suspends at the end of the data, warnings passed over, a file that ends behind its last row of pixels taken as whole.
 *
 * Compiled to WebAssembly by scripts/build-libjpeg-turbo.sh.
 */
#include <stdio.h>
#include <stdlib.h>

#include "../decoder.h"
#include "jpeglib.h"
#include "jerror.h"
#include "jversion.h"

/* As host_fail, with a template of a message, into which the host puts the values. */
__attribute__((import_module("host"), import_name("failWith"), noreturn)) void host_fail_with(const char *message,
                                                                                              const int *values);

/* Templates of messages. */
static const char *const MESSAGES[] = {
#define JMESSAGE(code, text) text,
#include "jerror.h"
    NULL};

static void fail(j_common_ptr info) {
  int code = info->err->msg_code;
  /* arithmetic decoding can't wait for data that isn't there */
  host_fail_with(code == JERR_CANT_SUSPEND ? "a truncated file" : MESSAGES[code], info->err->msg_parm.i);
}

static void ignore_message(j_common_ptr info) { (void)info; }

static void ignore_level(j_common_ptr info, int level) {
  (void)info;
  (void)level;
}

static void do_nothing(j_decompress_ptr info) { (void)info; }

/*
 * A scan may be a few bytes long, and costs a pass over the whole image: thousands of them would take hours. As many as
 * images have are always fine, and so are more in images that are small.
 */
enum { USUAL_SCANS = 32 };
static const uint64_t MOST_PIXELS_OF_SCANS = (uint64_t)1 << 31;

static void limit_scans(j_common_ptr common) {
  j_decompress_ptr info = (j_decompress_ptr)common;
  int scans = info->input_scan_number;
  uint64_t pixels = (uint64_t)info->image_width * info->image_height;
  if (scans > USUAL_SCANS && scans * pixels > MOST_PIXELS_OF_SCANS)
    host_fail_with("more than %d scans of a large image", &(int){scans - 1});
}

/* There is no more than was there at the start: libjpeg returns to its caller. */
static boolean suspend(j_decompress_ptr info) {
  (void)info;
  return FALSE;
}

static void skip(j_decompress_ptr info, long bytes) {
  struct jpeg_source_mgr *source = info->src;
  size_t skipped = bytes < 0 ? 0 : (size_t)bytes;
  if (skipped > source->bytes_in_buffer) skipped = source->bytes_in_buffer;
  source->next_input_byte += skipped;
  source->bytes_in_buffer -= skipped;
}

/* a·b / 255, rounded as Pillow does. */
static int multiply255(int a, int b) {
  int product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

/* Inks as files hold them, inverted, to RGB in place: Pillow's `CMYK;I`, then its `convert("RGB")`. */
static void rgb_of_inks(const uint8_t *inks, uint8_t *rgb, size_t pixels) {
  for (size_t i = 0; i < pixels; i++, inks += 4, rgb += 3) {
    int paper = inks[3];
    for (int channel = 0; channel < 3; channel++) {
      int value = paper - multiply255(255 - inks[channel], paper);
      rgb[channel] = (uint8_t)(value < 0 ? 0 : value);
    }
  }
}

static struct jpeg_error_mgr errors = {
    .error_exit = fail,
    .emit_message = ignore_level,
    .output_message = ignore_message,
    .reset_error_mgr = ignore_message,
};
static struct jpeg_progress_mgr progress = {.progress_monitor = limit_scans};
static struct jpeg_source_mgr source = {
    .init_source = do_nothing,
    .fill_input_buffer = suspend,
    .skip_input_data = skip,
    .resync_to_restart = jpeg_resync_to_restart,
    .term_source = do_nothing,
};

/* Memory for a file, to be given to `decode`, which frees it; NULL if there is none. */
EXPORT("allocate") uint8_t *allocate(size_t size) { return malloc(size); }

EXPORT("release") void release(uint8_t *memory) { free(memory); }

/*
 * Decodes a file to RGB [height, width, 3].
 *
 * Returns memory that the caller releases; NULL if the file ends before its last row or is of another size than
 * told. Fails for files that can't be decoded.
 */
EXPORT("decode") uint8_t *decode(uint8_t *file, size_t size, unsigned width, unsigned height) {
  struct jpeg_decompress_struct info = {.err = &errors};
  jpeg_create_decompress(&info);
  info.src = &source;
  info.progress = &progress;
  source.next_input_byte = file;
  source.bytes_in_buffer = size;

  uint8_t *rgb = NULL;
  uint8_t *row = NULL;
  int read;
  do read = jpeg_read_header(&info, FALSE);
  while (read == JPEG_HEADER_TABLES_ONLY);
  if (read == JPEG_SUSPENDED || info.image_width != width || info.image_height != height) goto end;

  int has_inks = info.num_components == 4;
  info.out_color_space = has_inks ? JCS_CMYK : JCS_RGB;
  if (!jpeg_start_decompress(&info)) goto end;
  rgb = malloc((size_t)width * height * 3);
  if (has_inks) row = malloc((size_t)width * 4);
  if (rgb == NULL || (has_inks && row == NULL)) ERREXIT1(&info, JERR_OUT_OF_MEMORY, 0);
  while (info.output_scanline < height) {
    uint8_t *line = rgb + (size_t)info.output_scanline * width * 3;
    if (jpeg_read_scanlines(&info, has_inks ? &row : &line, 1) != 1) {
      free(rgb);
      rgb = NULL;
      goto end;
    }
    if (has_inks) rgb_of_inks(row, line, width);
  }
  /* That the end is missing is fine by now; that something else is there may not be. */
  jpeg_finish_decompress(&info);
end:
  free(row);
  jpeg_destroy_decompress(&info);
  free(file);
  return rgb;
}
