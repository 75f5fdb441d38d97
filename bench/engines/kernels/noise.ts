/** Numbers to compute with. */

/** `length` values in [−1, 1), none of them special. */
export function noise(length: number): Float32Array<ArrayBuffer> {
  return Float32Array.from({ length }, (_, i) => Math.imul(i + 1, 0x9e3779b1) * 2 ** -31);
}
