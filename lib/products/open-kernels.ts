/** The kernels of `assembly/index.ts`, by WebAssembly or in JavaScript, with the same bits. */
import text from './generated/products.ts';
import type { Kernels } from './kernels.ts';
import { plainKernels } from './plain-kernels.ts';

/** Kernels with the memory they work in. */
export interface OpenKernels {
  readonly kernels: Kernels;
  readonly buffer: ArrayBuffer;
}

const PAGE = 65536;
/** What `scripts/build-kernels.mjs` says of the memory. */
const MOST_PAGES = 65536;

/**
 * Opens the kernels.
 *
 * @param bytes how large the memory is, at least
 * @param plain whether to take those in JavaScript, as is done where the engine lacks SIMD or a page's policy forbids WebAssembly
 */
export function openKernels(bytes: number, plain: boolean): OpenKernels {
  const compiled = plain ? undefined : moduleOf();
  if (compiled === undefined) {
    const buffer = new ArrayBuffer(bytes);
    return { kernels: plainKernels(buffer), buffer };
  }
  const memory = new WebAssembly.Memory({ initial: Math.ceil(bytes / PAGE), maximum: MOST_PAGES });
  const { exports } = new WebAssembly.Instance(compiled, { env: { memory } });
  return { kernels: exports as unknown as Kernels, buffer: memory.buffer };
}

function moduleOf(): WebAssembly.Module | undefined {
  try {
    return new WebAssembly.Module(Uint8Array.from(atob(text), (character) => character.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
