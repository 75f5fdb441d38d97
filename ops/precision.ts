/** The precisions that linear weights are kept in. */

/**
 * What the weights of linear layers are rounded to: `f16` to 16 bits, those that a file has in bfloat16 staying so; `i8` to 8 bits
 * and one scale an output, see `quantiseRows`. What is computed with them is float32 in any case, but for the products of `i8`
 * on a backend that has kernels for them.
 */
export const PRECISIONS = ['f32', 'f16', 'i8'] as const;

/** One of `PRECISIONS`. */
export type Precision = (typeof PRECISIONS)[number];

/** Whether the linear weight of a model that has this name is rounded where a precision is asked for. */
export function isRounded(name: string): boolean {
  return name.startsWith('blocks.');
}
