/**
 * A traced program: values, and the operations that make values of values.
 *
 * A graph is read from its outputs backwards. What no output needs is no part of it, and nothing in it is ever
 * changed: a pass makes a new graph, which shares what it left alone.
 */
import type { Dimension } from './dimension.ts';

/** The dtypes a traced value may have, as TF.js calls them. */
export type GraphDtype = 'float32' | 'int32' | 'bool';

/** Row-major values of a constant. */
export type ConstantValues = Float32Array | Int32Array | Uint8Array;

/** What every value has. */
interface Typed {
  readonly shape: readonly Dimension[];
  readonly dtype: GraphDtype;
}

/** What a graph is given when it runs. */
export interface Input extends Typed {
  readonly kind: 'input';
  readonly name: string;
}

/** A value that is the same in every run. */
export interface Constant extends Typed {
  readonly kind: 'constant';
  readonly shape: readonly number[];
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
 * A kernel of TF.js, or of `ops/kernel-names.ts`, applied to values; it has one result, which it stands for.
 *
 * Graphs know one attribute more than the kernels: `numQueries` of attention, which is then computed for so many first
 * tokens alone.
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

/** A traced program. */
export interface Graph {
  /** in the order in which the program takes them */
  readonly inputs: readonly Input[];
  /** in the order in which the program returns them */
  readonly outputs: ReadonlyMap<string, Value>;
}

/** Every value that the outputs need, each after what it is made of. */
export function valuesOf({ outputs }: Graph): Value[] {
  const order = new Set<Value>();
  // a stack of our own: a deep program would overflow that of the engine
  const stack = [...outputs.values()].reverse().map((value) => ({ value, entered: false }));
  for (let top = stack.pop(); top !== undefined; top = stack.pop()) {
    const { value, entered } = top;
    if (order.has(value)) continue;
    if (entered || value.kind !== 'operation') {
      order.add(value);
      continue;
    }
    stack.push({ value, entered: true });
    for (const input of Object.values(value.inputs).reverse()) stack.push({ value: input, entered: false });
  }
  return [...order];
}

/** Every operation that the outputs need, in an order in which they can run. */
export function operationsOf(graph: Graph): Operation[] {
  return valuesOf(graph).filter((value) => value.kind === 'operation');
}

/** The value an operation takes under a name. */
export function inputOf(operation: Operation, name: string): Value {
  const input = operation.inputs[name];
  if (input === undefined) throw new Error(`internal: ${operation.kernel} without ${name}`);
  return input;
}
