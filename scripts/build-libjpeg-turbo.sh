#!/usr/bin/env bash
# Compiles the decompressor of libjpeg-turbo and images/decoders/libjpeg-turbo/decoder.c to WebAssembly.
#
#   scripts/build-libjpeg-turbo.sh FOLDER    the sources of a release of libjpeg-turbo 3.1, unpacked
#
# The result is committed, as it needs what npm has not: clang and lld 14, wasi-libc and the compiler's runtime for
# WebAssembly (Debian 12: clang lld wasi-libc libclang-rt-14-dev-wasm32) and wasm-opt (binaryen). The same versions make
# the same bytes. The crate turbojpeg-sys 1.2.0 carries the sources of libjpeg-turbo 3.1.0 that it was made from.
set -euo pipefail
sources=$(cd "$1" && pwd)
cd "$(dirname "$0")/../images/decoders/libjpeg-turbo"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

cat > "$work/jconfig.h" <<'CONFIG'
#define JPEG_LIB_VERSION 62
#define LIBJPEG_TURBO_VERSION 3.1.0
#define LIBJPEG_TURBO_VERSION_NUMBER 3001000
#define D_ARITH_CODING_SUPPORTED 1
#ifndef BITS_IN_JSAMPLE
#define BITS_IN_JSAMPLE 8
#endif
CONFIG
cat > "$work/jconfigint.h" <<'CONFIG'
#define BUILD ""
#define HIDDEN
#undef inline
#define INLINE __inline__ __attribute__((always_inline))
#define THREAD_LOCAL
#define PACKAGE_NAME "libjpeg-turbo"
#define VERSION "3.1.0"
#define SIZEOF_SIZE_T 4
#define FALLTHROUGH __attribute__((fallthrough));
#define D_ARITH_CODING_SUPPORTED 1
#ifndef BITS_IN_JSAMPLE
#define BITS_IN_JSAMPLE 8
#endif
CONFIG
cat > "$work/jversion.h" <<'CONFIG'
#define JVERSION "6b"
#define JCOPYRIGHT_SHORT ""
CONFIG

# decompression of 8-bit samples at full size alone: calls of what other precisions, scales and colour maps need are left
# unresolved, and never made; jidctint.c is replaced by idct.c. What is defined of x86-64 has libjpeg read as many bits
# ahead as its native builds do: a truncated file ends in the same place.
parts='jaricom jcomapi jdapimin jdapistd jdarith jdcoefct jdcolor jddctmgr jddiffct jdhuff jdinput jdlhuff jdlossls
  jdmainct jdmarker jdmaster jdphuff jdpostct jdsample jmemmgr jmemnobs
  jpeg_nbits jutils'
compile() {
  clang --target=wasm32-wasi -O3 -msimd128 -DNO_GETENV -DNO_PUTENV -DMULTIPLIER=short -D__x86_64__ -D__ILP32__ \
    -I "$work" -I "$sources/src" -c "$1" -o "$work/$(basename "$1" .c).o"
}
for part in $parts; do compile "$sources/src/$part.c"; done
for part in decoder idct; do compile "$part.c"; done
clang --target=wasm32-wasi -mexec-model=reactor -nostartfiles -Wl,--no-entry -Wl,--gc-sections -Wl,--strip-all \
  -Wl,--unresolved-symbols=ignore-all -Wl,-z,stack-size=65536 -o "$work/decoder.wasm" "$work"/*.o
wasm-opt -O3 --enable-simd --enable-bulk-memory "$work/decoder.wasm" -o decoder.wasm
ls -l decoder.wasm
sha256sum decoder.wasm
