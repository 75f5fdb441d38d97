/** Every kernel that can be traced. */
import type { Call, Operation, Value } from '../../ops/operation.ts';
import { ELEMENT_WISE } from './element-wise.ts';
import { FUSED } from './fused.ts';
import { IMAGES } from './images.ts';
import { type Alias, type Kernel, operation } from './kernel.ts';
import { PRODUCTS } from './products.ts';
import { REDUCTIONS } from './reductions.ts';
import { STRUCTURE } from './structure.ts';
import { STRUCTURE_ALIASES } from './structure-aliases.ts';

/** The rows by the kernel's name. */
export const KERNELS: ReadonlyMap<string, Kernel | Alias> = new Map(
  [ELEMENT_WISE, REDUCTIONS, STRUCTURE, STRUCTURE_ALIASES, PRODUCTS, IMAGES, FUSED]
    .flat()
    .map((row) => [row.name, row]),
);

/** The row of a kernel that graphs have; undefined if there is none. */
export function kernelOf({ kernel }: Pick<Operation, 'kernel'>): Kernel | undefined {
  const row = KERNELS.get(kernel);
  return row !== undefined && 'infer' in row ? row : undefined;
}

/**
 * The values that a call of TF.js becomes, as many as the kernel has results.
 *
 * @param call during a recording: every length is a number
 * @throws TraceError on a form that graphs don't have
 */
export function recorded(call: Call): Value | readonly Value[] {
  const row = KERNELS.get(call.kernel);
  if (row?.record !== undefined) return row.record(call);
  if (row === undefined || !('infer' in row)) throw new Error(`internal: no kernel ${call.kernel} in graphs`);
  return operation(row, call.inputs, row.attributesOf?.(call));
}
