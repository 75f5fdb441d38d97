/** Which kernel multiplies weights of 8 bits. */
import type { KernelExports } from './load-kernels.ts';

/**
 * `i16`: inputs of 16 bits, `dot_i16x8_s`. `split`: inputs of 14 bits in two parts of 7,
 * `relaxed_dot_i8x16_i7x16_add_s`.
 */
export type Int8Kernel = 'i16' | 'split';

/** Four times 127 · 255, as processors have it that make the sum in one instruction: right, or with 255 taken for −1 (ARM). */
const OF_ONE_INSTRUCTION: readonly number[] = [4 * 127 * 255, 4 * 127 * -1];

/**
 * The kernel that suits the processor.
 *
 * With relaxed SIMD, sixteen products are one instruction on ARM and on x86 with VNNI, where `dot_i16x8_s` takes four and two for
 * eight; on other x86 they are three instructions, and `dot_i16x8_s` is twice as fast as two of them. Which it is shows in the
 * sum of products that need 8 bits: other x86 holds pairs of them within 16. What is neither is not trusted: Node 20, behind its
 * flag, counts such sums twice until its second compiler has been over the code.
 */
export function suitableInt8Kernel(exports: Pick<KernelExports, 'dotSum'>, relaxed: boolean): Int8Kernel {
  return relaxed && OF_ONE_INSTRUCTION.includes(exports.dotSum(127, 255)) ? 'split' : 'i16';
}
