/** Which kernel multiplies weights of 8 bits. */
import type { KernelExports } from './load-kernels.ts';

/**
 * `i16`: inputs of 16 bits, `dot_i16x8_s`. `split`: inputs of 14 bits in two parts of 7,
 * `relaxed_dot_i8x16_i7x16_add_s`.
 */
export type Int8Kernel = 'i16' | 'split';

/** Four times 127 · 255 in pairs that are held at 32,767: what processors do that take three instructions for it. */
const SATURATED = 2 * 32767;

/**
 * The kernel that suits the processor.
 *
 * With relaxed SIMD, sixteen products are one instruction on ARM and on x86 with VNNI, where `dot_i16x8_s` takes four and two for
 * eight; on other x86 they are three instructions, and `dot_i16x8_s` is twice as fast as two of them. Which it is shows in the
 * sum of products that need 8 bits: it is held within 16 bits in pairs, is right, or counts 255 as −1 (ARM).
 */
export function suitableInt8Kernel(exports: Pick<KernelExports, 'dotSum'>, relaxed: boolean): Int8Kernel {
  return relaxed && exports.dotSum(127, 255) !== SATURATED ? 'split' : 'i16';
}
