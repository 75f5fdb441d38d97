/*
 * The inverse DCT of libjpeg-turbo (JDCT_ISLOW: Loeffler, Ligtenberg and Moschytz 1989, in 13-bit constants) in 128-bit
 * SIMD, eight columns at a time, instead of its portable jidctint.c.
 *
 * Both agree on what encoders write. On damaged data sums overflow, and then this one wraps and saturates where the
 * SSE2 and AVX2 code of native builds does, so that a broken image gets Pillow's pixels as well.
 */
#include <wasm_simd128.h>

#define JPEG_INTERNALS
#include "jinclude.h"
#include "jpeglib.h"
#include "jdct.h"

#define CONST_BITS 13
#define PASS1_BITS 2
#define FIXED(x) ((int)((x) * (1 << CONST_BITS) + 0.5))

/* 32-bit sums of eight columns: a lower and an upper half. */
typedef struct {
  v128_t low, high;
} wide;

static wide add(wide a, wide b) {
  return (wide){wasm_i32x4_add(a.low, b.low), wasm_i32x4_add(a.high, b.high)};
}

static wide subtract(wide a, wide b) {
  return (wide){wasm_i32x4_sub(a.low, b.low), wasm_i32x4_sub(a.high, b.high)};
}

/* Eight columns of a and of b, in turns. */
static v128_t low_pairs(v128_t a, v128_t b) {
  return wasm_i16x8_shuffle(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}

static v128_t high_pairs(v128_t a, v128_t b) {
  return wasm_i16x8_shuffle(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

/* a · factor_a + b · factor_b */
static wide rotate(v128_t a, v128_t b, int factor_a, int factor_b) {
  v128_t factors = wasm_i32x4_splat((factor_a & 0xffff) | (int)((unsigned)factor_b << 16));
  return (wide){wasm_i32x4_dot_i16x8(low_pairs(a, b), factors), wasm_i32x4_dot_i16x8(high_pairs(a, b), factors)};
}

/* a · 2^CONST_BITS */
static wide scale(v128_t a) {
  return (wide){wasm_i32x4_shl(wasm_i32x4_extend_low_i16x8(a), CONST_BITS),
                wasm_i32x4_shl(wasm_i32x4_extend_high_i16x8(a), CONST_BITS)};
}

/* a / 2^bits, rounded, saturated to 16 bits */
static v128_t descale(wide a, int bits) {
  v128_t half = wasm_i32x4_splat(1 << (bits - 1));
  return wasm_i16x8_narrow_i32x4(wasm_i32x4_shr(wasm_i32x4_add(a.low, half), bits),
                                 wasm_i32x4_shr(wasm_i32x4_add(a.high, half), bits));
}

/* One pass: the transform of each column of `rows`, in place. */
static void transform(v128_t rows[8], int bits) {
  wide even2 = rotate(rows[2], rows[6], FIXED(0.541196100), FIXED(0.541196100) - FIXED(1.847759065));
  wide even3 = rotate(rows[2], rows[6], FIXED(0.541196100) + FIXED(0.765366865), FIXED(0.541196100));
  wide even0 = scale(wasm_i16x8_add(rows[0], rows[4]));
  wide even1 = scale(wasm_i16x8_sub(rows[0], rows[4]));
  wide sums[4] = {add(even0, even3), add(even1, even2), subtract(even1, even2), subtract(even0, even3)};

  v128_t z3 = wasm_i16x8_add(rows[7], rows[3]);
  v128_t z4 = wasm_i16x8_add(rows[5], rows[1]);
  wide odd3 = rotate(z3, z4, FIXED(1.175875602) - FIXED(1.961570560), FIXED(1.175875602));
  wide odd4 = rotate(z3, z4, FIXED(1.175875602), FIXED(1.175875602) - FIXED(0.390180644));
  wide odd[4] = {
      add(rotate(rows[7], rows[1], -FIXED(0.899976223), FIXED(1.501321110) - FIXED(0.899976223)), odd4),
      add(rotate(rows[5], rows[3], -FIXED(2.562915447), FIXED(3.072711026) - FIXED(2.562915447)), odd3),
      add(rotate(rows[5], rows[3], FIXED(2.053119869) - FIXED(2.562915447), -FIXED(2.562915447)), odd4),
      add(rotate(rows[7], rows[1], FIXED(0.298631336) - FIXED(0.899976223), -FIXED(0.899976223)), odd3),
  };
  for (int i = 0; i < 4; i++) {
    rows[i] = descale(add(sums[i], odd[i]), bits);
    rows[7 - i] = descale(subtract(sums[i], odd[i]), bits);
  }
}

static void transpose(v128_t rows[8]) {
  v128_t a[8], b[8];
  for (int i = 0; i < 4; i++) {
    a[2 * i] = low_pairs(rows[i], rows[i + 4]);
    a[2 * i + 1] = high_pairs(rows[i], rows[i + 4]);
  }
  for (int i = 0; i < 4; i++) {
    b[2 * i] = low_pairs(a[i], a[i + 4]);
    b[2 * i + 1] = high_pairs(a[i], a[i + 4]);
  }
  for (int i = 0; i < 4; i++) {
    rows[2 * i] = low_pairs(b[i], b[i + 4]);
    rows[2 * i + 1] = high_pairs(b[i], b[i + 4]);
  }
}

/* libjpeg's function of this name: dequantizes a block [8, 8] and writes its samples. */
GLOBAL(void)
jpeg_idct_islow(j_decompress_ptr info, jpeg_component_info *component, JCOEFPTR coefficients, JSAMPARRAY output,
                JDIMENSION column) {
  (void)info;
  const ISLOW_MULT_TYPE *quantizers = component->dct_table;
  v128_t rows[8];
  v128_t beyond_dc = wasm_i16x8_splat(0);
  for (int i = 0; i < 8; i++) {
    v128_t row = wasm_v128_load(coefficients + 8 * i);
    if (i > 0) beyond_dc = wasm_v128_or(beyond_dc, row);
    rows[i] = wasm_i16x8_mul(row, wasm_v128_load(quantizers + 8 * i));
  }
  if (wasm_v128_any_true(beyond_dc)) {
    transform(rows, CONST_BITS - PASS1_BITS);
  } else {
    rows[0] = wasm_i16x8_shl(rows[0], PASS1_BITS);
    for (int i = 1; i < 8; i++) rows[i] = rows[0];
  }
  transpose(rows);
  transform(rows, CONST_BITS + PASS1_BITS + 3);
  transpose(rows);
  for (int i = 0; i < 8; i++) {
    v128_t samples = wasm_i8x16_add(wasm_i8x16_narrow_i16x8(rows[i], rows[i]), wasm_i8x16_splat((char)CENTERJSAMPLE));
    wasm_v128_store64_lane(output[i] + column, samples, 0);
  }
}
