/** Ops applied to values, as graphs have them: the types, and reading their parts. */
import { TraceError } from '../errors/errors.ts';
import type { Dimension } from '../shapes/batch-dimension.ts';

/** The dtypes a traced value may have, as TF.js calls them. */
export type GraphDtype = 'float32' | 'int32' | 'bool';

/** Row-major values of a constant. */
export type ConstantValues = Float32Array | Int32Array | Uint8Array;

/** What every value has; `Length` is `number` where the batch is known. */
export interface Typed<Length extends Dimension = Dimension> {
  readonly shape: readonly Length[];
  readonly dtype: GraphDtype;
}

/** What a graph is given when it runs. */
export interface Input extends Typed {
  readonly kind: 'input';
  readonly name: string;
}

/** A value that is the same in every run. */
export interface Constant extends Typed<number> {
  readonly kind: 'constant';
  /** the parameter that it is, or was made of */
  readonly name?: string | undefined;
  /**
   * The values, which may have to be computed and are not kept: a model's weights need not be in memory twice.
   *
   * @returns not to be changed
   */
  read(): Promise<ConstantValues>;
}

/** A parameter of an operation that is no tensor. */
export type Attribute = number | boolean | string | null | Dimension | readonly Attribute[];

/** The parameters of an operation by name. */
export type Attributes = Readonly<Record<string, Attribute>>;

/**
 * A kernel of TF.js, or a fused op of this room, applied to values; it has one result, which it stands for.
 *
 * Graphs know one attribute more than the kernels: `numQueries` of ops that are then computed for so many first tokens
 * alone.
 */
export interface Operation extends Typed {
  readonly kind: 'operation';
  readonly kernel: string;
  /** the kernel's inputs by name, in the kernel's order; `0`, `1`, … where it takes a list */
  readonly inputs: Readonly<Record<string, Value>>;
  readonly attributes: Attributes;
}

/** Anything an operation can be applied to. */
export type Value = Input | Constant | Operation;

/** An operation, or a call that becomes one: of values, or of what is known of them. */
export interface Call<Of = Value> {
  readonly kernel: string;
  readonly inputs: Readonly<Record<string, Of>>;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** A constant whose values are known; they must not be changed afterwards. */
export function constantOf(values: ConstantValues, shape: readonly number[]): Constant {
  const dtype = values instanceof Float32Array ? 'float32' : values instanceof Int32Array ? 'int32' : 'bool';
  return { kind: 'constant', shape, dtype, read: async () => values };
}

/**
 * The input of a name.
 *
 * @throws TraceError if there is none
 */
export function inputOf<Of>({ kernel, inputs }: Call<Of>, name: string): Of {
  const found = inputs[name];
  if (found === undefined) throw new TraceError(`trace: ${kernel}: expected an input ${name}, got none`);
  return found;
}

/**
 * An attribute that is a number.
 *
 * @throws TraceError if it is none
 */
export function numberOf(call: Call<unknown>, name: string): number {
  const value = call.attributes[name];
  if (typeof value !== 'number') throw unexpected(call, name, 'a number');
  return value;
}

/**
 * An attribute that is a list of numbers, or one number that stands for such a list.
 *
 * @throws TraceError if it is neither
 */
export function numbersOf(call: Call<unknown>, name: string): number[] {
  const value = call.attributes[name];
  return (Array.isArray(value) ? value : [value]).map((entry: unknown) => {
    if (typeof entry !== 'number') throw unexpected(call, name, 'numbers');
    return entry;
  });
}

/** The same, if it is not left out. */
export function optionalNumbersOf(call: Call<unknown>, name: string): number[] | undefined {
  const value = call.attributes[name];
  return value === undefined || value === null ? undefined : numbersOf(call, name);
}

/**
 * An attribute that is a list of lengths, which may grow with the batch.
 *
 * @throws TraceError if it is no list
 */
export function lengthsOf(call: Call<unknown>, name: string): readonly Dimension[] {
  const value = call.attributes[name];
  if (!Array.isArray(value)) throw unexpected(call, name, 'a list');
  return value;
}

function unexpected({ kernel, attributes }: Call<unknown>, name: string, wanted: string): TraceError {
  return new TraceError(
    `trace: ${kernel}: expected ${name} to be ${wanted}, got ${JSON.stringify(attributes[name])}`,
  );
}
