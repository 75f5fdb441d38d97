#!/usr/bin/env bash
# Compiles the decoder of OpenJPEG and images/decoders/openjpeg/decoder.c to WebAssembly.
#
#   scripts/build-openjpeg.sh FOLDER    the crate openjpeg-sys 1.0.12, unpacked, which carries OpenJPEG 2.5.3
#
# The result is committed; see scripts/build-libjpeg-turbo.sh for the compiler. The same versions make the same bytes.
set -euo pipefail
crate=$(cd "$1" && pwd)
sources="$crate/vendor/src/lib/openjp2"
cd "$(dirname "$0")/../images/decoders/openjpeg"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

parts='bio cio dwt event function_list ht_dec image invert j2k jp2 mct mqc openjpeg opj_clock opj_malloc pi
  sparse_array t1 t2 tcd tgt thread'
flags="--target=wasm32-wasi -O3 -msimd128 -DNDEBUG -DOPJ_STATIC -DMUTEX_stub -DOPJ_HAVE_POSIX_MEMALIGN \
  -D_WASI_EMULATED_PROCESS_CLOCKS -D_WASI_EMULATED_SIGNAL -I $crate/config -I $sources"
for part in $parts; do echo "$flags -c $sources/$part.c -o $work/$part.o"; done | xargs -P 2 -I {} sh -c 'clang {}'
clang $flags -c decoder.c -o "$work/decoder.o"
clang --target=wasm32-wasi -mexec-model=reactor -nostartfiles -Wl,--no-entry -Wl,--gc-sections -Wl,--strip-all \
  -Wl,--unresolved-symbols=ignore-all -Wl,-z,stack-size=1048576 -o "$work/decoder.wasm" "$work"/*.o
wasm-opt -O3 --enable-simd --enable-bulk-memory "$work/decoder.wasm" -o decoder.wasm
ls -l decoder.wasm
sha256sum decoder.wasm
