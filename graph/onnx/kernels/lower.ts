/** How a kernel is written in ONNX. */
import { TraceError } from '../../../errors/errors.ts';
import type { Attribute, GraphDtype, Operation } from '../../ir/graph.ts';
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

/** Kernels that are written alike, each by an operator of its own. */
export function each(
  operators: Readonly<Record<string, string>>,
  lowerWith: (operator: string) => Lower,
): Lowers {
  return Object.fromEntries(
    Object.entries(operators).map(([kernel, operator]) => [kernel, lowerWith(operator)]),
  );
}

/** Dtypes that an operator may take. */
export const FLOATS: readonly GraphDtype[] = ['float32'];
/** Dtypes that an operator may take. */
export const NUMBERS: readonly GraphDtype[] = ['float32', 'int32'];
/** Dtypes that an operator may take. */
export const TRUTHS: readonly GraphDtype[] = ['bool'];
/** Dtypes that an operator may take. */
export const ALL: readonly GraphDtype[] = ['float32', 'int32', 'bool'];

/**
 * Writes a kernel where all of its inputs have one dtype, which is among these.
 *
 * TF.js computes more than the operators of ONNX are defined for: exp of whole numbers, sums of truth values.
 */
export function only(dtypes: readonly GraphDtype[], lower: Lower): Lower {
  return (operation, lowering, input) => {
    const found = new Set(Object.values(operation.inputs).map(({ dtype }) => dtype));
    if (found.size !== 1 || !dtypes.some((dtype) => found.has(dtype))) {
      throw refused(operation, `inputs that are all ${dtypes.join(' or all ')}`, [...found].join(' and '));
    }
    return lower(operation, lowering, input);
  };
}

/** A form of a kernel that ONNX has no counterpart of. */
export function refused({ kernel }: Operation, expected: string, got: string): TraceError {
  return new TraceError(`onnx: ${kernel}: expected ${expected}, got ${got}; cast before, or use other ops`);
}

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
