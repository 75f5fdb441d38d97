#!/usr/bin/env bash
# Compiles libavif with dav1d and libyuv, and images/decoders/libavif/decoder.c, to WebAssembly.
#
#   scripts/build-libavif.sh FOLDER    a folder of crates, unpacked, which carry the sources:
#                                      libavif-sys 0.17.0 (libavif 1.0.4), libdav1d-sys 0.7.1 (dav1d 1.4.3) and
#                                      yuv-sys 0.3.15 (libyuv 1922)
#
# The result is committed; see scripts/build-libjpeg-turbo.sh for the compiler. The same versions make the same bytes.
set -euo pipefail
crates=$(cd "$1" && pwd)
avif="$crates/libavif-sys-0.17.0+libavif.1.0.4/libavif"
dav1d="$crates/libdav1d-sys-0.7.1+libdav1d.1.4.3/vendor"
yuv="$crates/yuv-sys-0.3.15/libyuv"
cd "$(dirname "$0")/../images/decoders/libavif"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

{
  for feature in CONFIG_8BPC CONFIG_16BPC HAVE_POSIX_MEMALIGN HAVE_UNISTD_H HAVE_CLOCK_GETTIME; do
    echo "#define $feature 1"
  done
  for feature in CONFIG_LOG HAVE_ASM TRIM_DSP_FUNCTIONS ENDIANNESS_BIG; do echo "#define $feature 0"; done
  for architecture in AARCH64 ARM X86 X86_64 X86_32 PPC64LE RISCV RV32 RV64 LOONGARCH LOONGARCH32 LOONGARCH64; do
    echo "#define ARCH_$architecture 0"
  done
} > "$work/config.h"
echo '#define DAV1D_VERSION "1.4.3"' > "$work/vcs_version.h"
sed 's/@DAV1D_API_VERSION_MAJOR@/7/; s/@DAV1D_API_VERSION_[A-Z]*@/0/' "$dav1d/include/dav1d/version.h.in" > "$work/version.h"

# pthread.h of this folder stands for threads, of which there is one
common="--target=wasm32-wasi -O3 -msimd128 -DNDEBUG -I . -I $work"
of_dav1d="-std=c99 -I $dav1d -I $dav1d/include -I $dav1d/include/dav1d -I $dav1d/src"
of_avif="-std=c11 -DAVIF_CODEC_DAV1D=1 -DAVIF_LIBYUV_ENABLED=1 -I $avif/include -I $dav1d/include -I $yuv/include"
of_yuv="-fno-exceptions -fno-rtti -I $yuv/include"
{
  for part in cdf cpu data decode dequant_tables getbits intra_edge itx_1d lf_mask lib log mem msac obu pal image qm ref \
    refmvs scan tables thread_task warpmv wedge; do
    echo "$of_dav1d -c $dav1d/src/$part.c -o $work/dav1d-$part.o"
  done
  for part in cdef_apply cdef fg_apply filmgrain ipred_prepare ipred itx lf_apply loopfilter looprestoration lr_apply mc \
    recon; do
    for bits in 8 16; do
      echo "$of_dav1d -DBITDEPTH=$bits -c $dav1d/src/${part}_tmpl.c -o $work/dav1d-$part-$bits.o"
    done
  done
  for part in alpha avif codec_dav1d colr diag exif io mem obu rawdata read reformat reformat_libsharpyuv reformat_libyuv \
    scale stream utils; do
    echo "$of_avif -c $avif/src/$part.c -o $work/avif-$part.o"
  done
  for part in convert convert_argb convert_from convert_from_argb cpu_id planar_functions rotate rotate_argb rotate_common \
    row_common scale scale_any scale_argb scale_common scale_rgb scale_uv; do
    echo "$of_yuv -c $yuv/source/$part.cc -o $work/yuv-$part.o"
  done
  echo "$of_avif -c decoder.c -o $work/decoder.o"
} | xargs -P 2 -I {} sh -c "clang $common {}"
clang --target=wasm32-wasi -mexec-model=reactor -nostartfiles -Wl,--no-entry -Wl,--gc-sections -Wl,--strip-all \
  -Wl,--unresolved-symbols=ignore-all -Wl,-z,stack-size=1048576 -o "$work/decoder.wasm" "$work"/*.o
wasm-opt -O3 --enable-simd --enable-bulk-memory "$work/decoder.wasm" -o decoder.wasm
ls -l decoder.wasm
sha256sum decoder.wasm
