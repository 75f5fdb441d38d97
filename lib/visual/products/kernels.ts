/** The kernels of `assembly/index.ts`, by WebAssembly or in JavaScript, with the same bits. */
import text from './generated/products.ts';
import { plainKernels } from './plain-kernels.ts';

/** Products of rows; arguments are places of values in the memory, in bytes, and counts. */
export interface Kernels {
  /** y = X v; `n` divides by 4, `d` by 2 */
  project(x: number, n: number, d: number, v: number, y: number): void;
  /** w += Xᵀ y; `n` divides by 4, `d` by 2 */
  accumulate(x: number, n: number, d: number, y: number, w: number): void;
  /** w += Xᵀ (X v − shift); `n` divides by 4, `d` by 2; y is [4] to work in */
  normal(x: number, n: number, d: number, v: number, shift: number, y: number, w: number): void;
  /** y = squared distances of rows from v; `d` divides by 2 */
  distances(x: number, n: number, d: number, v: number, y: number): void;
  /** C += (X − v)ᵀ (X − v) on the diagonal and below it; `d` divides by 4; z is [n, d] to work in */
  moments(x: number, n: number, d: number, v: number, z: number, c: number): void;
}

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
