/** How much memory is known to be in use where the browser does not measure it. */
import { memory } from '@tensorflow/tfjs-core';

/** @returns bytes of the kernels' WebAssembly memory, or of tensors on other devices; 0 before anything computes */
export function computingBytes(): number {
  try {
    const { heapBytes, numBytes }: { heapBytes?: number; numBytes: number } = memory();
    return heapBytes ?? numBytes;
  } catch {
    // TF.js throws until a device has started, which what is listed or fetched does not wait for
    return 0;
  }
}
