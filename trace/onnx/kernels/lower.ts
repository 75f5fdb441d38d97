/** How a kernel is written in ONNX. */
import type { Attribute, Operation } from '../../graph/graph.ts';
import type { Lowering } from '../lowering.ts';

/**
 * Adds what computes an operation.
 *
 * @param inputs the names of the operation's inputs, as far as they have been asked for: a function of the input's name,
 *   so that a constant that is written otherwise is not written at all
 * @returns the name of the result
 */
export type Lower = (operation: Operation, lowering: Lowering, input: (name: string) => string) => string;

/** Ways of writing kernels, by the kernel's name. */
export type Lowers = Readonly<Record<string, Lower>>;

/** An attribute that is a number. */
export function numberOf({ kernel, attributes }: Operation, name: string): number {
  const value = attributes[name];
  if (typeof value !== 'number') throw new Error(`internal: ${kernel} with ${name} ${JSON.stringify(value)}`);
  return value;
}

/** An attribute that is a list. */
export function listOf({ kernel, attributes }: Operation, name: string): readonly Attribute[] {
  const value = attributes[name];
  if (!Array.isArray(value)) throw new Error(`internal: ${kernel} with ${name} ${JSON.stringify(value)}`);
  return value;
}

/** An attribute that is a list of numbers. */
export function numbersOf(operation: Operation, name: string): number[] {
  return listOf(operation, name).map((entry) => {
    if (typeof entry !== 'number') throw new Error(`internal: ${operation.kernel} with another ${name}`);
    return entry;
  });
}

/** A float32 parameter of a node. */
export function float(value: number): { float: number } {
  return { float: value };
}
