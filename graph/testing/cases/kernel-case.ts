/** Small programs that between them call every kernel a graph may have. */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { ConstantValues, GraphDtype } from '../../../ops/operation.ts';
import { BATCH, type Dimension } from '../../../shapes/batch-dimension.ts';
import type { NamedTensors } from '../../record/record.ts';

/** What a program is given. */
export interface CaseInput {
  readonly shape: readonly Dimension[];
  readonly dtype: GraphDtype;
  /** the value at a flat index */
  readonly at: (index: number) => number;
}

/** A program of a few ops, for batches of any size. */
export interface KernelCase {
  readonly name: string;
  readonly inputs: Readonly<Record<string, CaseInput>>;
  readonly program: (inputs: Readonly<Record<string, Tensor>>) => Tensor | NamedTensors;
}

/** A function of one tensor on one input. */
export function onOne(name: string, input: CaseInput, run: (x: Tensor) => Tensor | NamedTensors): KernelCase {
  return { name, inputs: { x: input }, program: ({ x }) => run(x as Tensor) };
}

/** A function of two tensors on two inputs. */
export function onTwo(
  name: string,
  first: CaseInput,
  second: CaseInput,
  run: (a: Tensor, b: Tensor) => Tensor | NamedTensors,
): KernelCase {
  return {
    name,
    inputs: { a: first, b: second },
    program: ({ a, b }) => run(a as Tensor, b as Tensor),
  };
}

/** float32 [B, ...rest], scattered over ±2 and never a whole number; the seed tells inputs apart. */
export function floats(rest: readonly number[], seed = 1): CaseInput {
  return { shape: [BATCH, ...rest], dtype: 'float32', at: (i) => scattered(i + 1000 * seed) * 4 - 2 };
}

/** float32 between two bounds. */
export function between(low: number, high: number, rest: readonly number[] = [6]): CaseInput {
  return { shape: [BATCH, ...rest], dtype: 'float32', at: (i) => low + (high - low) * scattered(i) };
}

/** Given values, over and over. */
export function given(
  dtype: GraphDtype,
  values: readonly number[],
  rest: readonly number[] = [values.length],
): CaseInput {
  return { shape: [BATCH, ...rest], dtype, at: (i) => values[i % values.length] ?? 0 };
}

/** int32 from −7 to 7 without 0. */
export function whole(rest: readonly number[], seed = 1): CaseInput {
  return {
    shape: [BATCH, ...rest],
    dtype: 'int32',
    at: (i) => Math.floor(scattered(i + 1000 * seed) * 7 + 1) * (scattered(i + 77 * seed) < 0.5 ? -1 : 1),
  };
}

/** Truth values. */
export function truths(rest: readonly number[], seed = 1): CaseInput {
  return { shape: [BATCH, ...rest], dtype: 'bool', at: (i) => (scattered(i + 1000 * seed) < 0.5 ? 0 : 1) };
}

/** A tensor's values. */
export function valuesFor({ dtype, at }: CaseInput, size: number): ConstantValues {
  const arrays = { float32: Float32Array, int32: Int32Array, bool: Uint8Array };
  return new arrays[dtype](Array.from({ length: size }, (_, i) => at(i)));
}

/** Numbers in [0, 1) with no pattern that a wrong axis would fit. */
function scattered(i: number): number {
  return (Math.imul(i + 1, 2654435761) >>> 0) / 2 ** 32;
}
