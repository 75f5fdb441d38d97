/** The builder that ops write their ONNX form with. */
import type { Dimension } from '../shapes/batch-dimension.ts';
import type { Constant, GraphDtype, Operation, Value } from './operation.ts';

/** Whose operators may be used: ONNX's own, or those of ONNX Runtime too. */
export type OnnxTarget = 'standard' | 'ort';

/** The operators that ONNX Runtime adds to ONNX's own. */
export const ORT_DOMAIN = 'com.microsoft';

/** A parameter of a node; a whole number is an integer for ONNX unless it is said to be a float. */
export type OnnxAttribute = string | number | readonly number[] | { readonly float: number };

/** What a node has beside its operator and inputs. */
export interface NodeParts {
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
  /** how many outputs it has; default 1 */
  readonly outputs?: number;
  readonly domain?: string;
}

/** The names of a weight in 8 bits: its rows are (bytes − zeroPoint) · scales. */
export interface Int8Operand {
  /** [K, N], transposed */
  readonly bytes: string;
  readonly zeroPoint: number;
  /** [N] */
  readonly scales: string;
  /** [N]: the product with a row in which one number stands everywhere. */
  products(of: number): string;
}

/** An ONNX graph that is being built; every method adds what it returns the name of. */
export interface OnnxBuilder {
  readonly target: OnnxTarget;
  /** A value that has been written, or a constant. */
  write(value: Value): string;
  /** The transpose of a matrix, or of the matrices in the last two axes; that of a constant is written as such. */
  writeTransposed(value: Value): string;
  /** A constant matrix [N, K] in 8 bits, transposed; undefined if it is not to be rounded. */
  writeInt8(weight: Value): Int8Operand | undefined;
  /** A constant of the graph under another shape. */
  constant(from: Constant, shape: readonly number[]): string;
  /** A node with one output. */
  node(operator: string, inputs: readonly string[], parts?: NodeParts): string;
  /** A node with several outputs. */
  nodeOf(operator: string, inputs: readonly string[], parts: NodeParts): string[];
  /** A tensor of whole numbers, such as a list of axes. */
  integers(values: readonly number[], shape?: readonly number[]): string;
  /** A scalar, as TF.js would keep it in a tensor of this dtype; default float32. */
  scalar(value: number, dtype?: GraphDtype): string;
  /** A scalar of one byte without a sign. */
  byte(value: number): string;
  /** A tensor of lengths, which is computed of the batch where they grow with it. */
  lengths(shape: readonly Dimension[]): string;
  cast(x: string, type: GraphDtype | 'float64'): string;
  /** The same values under another shape. */
  reshape(x: string, shape: readonly Dimension[]): string;
  /** Axes in another order. */
  transpose(x: string, perm: readonly number[]): string;
  /** Whether one operation alone, or one output, takes a value. */
  isUsedOnce(value: Value): boolean;
}

/**
 * Writes an operation in ONNX.
 *
 * @param input writes the input of a name; one that is not asked for, such as a constant that is written otherwise, is
 *   not written at all
 * @returns the name of the result
 */
export type Lowering = (operation: Operation, onnx: OnnxBuilder, input: (name: string) => string) => string;

/** The equal parts of a value along an axis. */
export function split(onnx: OnnxBuilder, x: string, axis: number, parts: number): string[] {
  return onnx.nodeOf('Split', [x], { outputs: parts, attributes: { axis, num_outputs: parts } });
}
