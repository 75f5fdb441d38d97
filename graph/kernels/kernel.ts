/** Kernels of graphs: all that is known of one, in one row. */
import type { NamedAttrMap, NamedTensorMap, Tensor } from '@tensorflow/tfjs-core';
import { TraceError } from '../../errors/errors.ts';
import type { Lowering } from '../../ops/onnx-builder.ts';
import type {
  Attribute,
  Attributes,
  Call,
  GraphDtype,
  Operation,
  Typed,
  Value,
} from '../../ops/operation.ts';
import {
  areFixed,
  type Dimension,
  dimensionThrough,
  shapeAt,
  showShape,
  sizeAt,
} from '../../shapes/batch-dimension.ts';

/** A kernel of TF.js that others stand for in graphs. */
export interface Alias {
  readonly name: string;
  /**
   * The values that a call becomes, as many as the kernel has results.
   *
   * @param call of the program, during a recording: every length is a number, attributes are as TF.js hands them over
   * @throws TraceError on a form that graphs don't have
   */
  record(call: Call): Value | readonly Value[];
}

/** A kernel that graphs have. */
export interface Kernel extends Partial<Alias> {
  readonly name: string;
  /**
   * The attributes of a call in one form, with nothing left to be worked out from the inputs: axes from 0, sizes instead
   * of −1; absent: none. A call becomes an operation with these, unless there is a `record`.
   */
  attributesOf?(call: Call): Attributes;
  /** Shape and dtype of the result, of inputs and attributes of known lengths. */
  infer(call: Call<Typed<number>>): Typed<number>;
  /** The dtypes that ONNX has its operators for, where all inputs must have the same; absent: any. */
  readonly dtypes?: readonly GraphDtype[];
  /** How it is written in ONNX. */
  readonly lower: Lowering;
  /** Multiplications for one value of the result; absent: not worth counting. */
  depth?(call: Call<Typed<number>>): number;
  /** The inputs [B, T, ...] of which it takes the same token as that of the result it computes. */
  readonly tokenwise?: readonly string[];
  /** Whether it can be computed for some first tokens alone, with `numQueries` among its attributes. */
  canLimitQueries?(operation: Operation): boolean;
  /** The attributes as TF.js's kernel takes them, where they are called otherwise. */
  toTfjs?(attrs: NamedAttrMap): NamedAttrMap;
  /** Computes it where TF.js may have no kernel of this name. */
  run?(inputs: NamedTensorMap, attrs: NamedAttrMap): Tensor;
}

/** An operation without what is inferred. */
type GraphCall = Pick<Operation, 'kernel' | 'inputs' | 'attributes'>;

/** Batches of two sizes tell what grows with the batch; neither is 1, which broadcasting treats otherwise. */
export const BATCHES = [2, 3] as const;

/**
 * A kernel applied to values; its shape and dtype are inferred.
 *
 * @throws TraceError if the values don't fit each other
 */
export function operation(
  kernel: Kernel,
  inputs: Readonly<Record<string, Value>>,
  attributes: Attributes = {},
): Operation {
  const call = { kernel: kernel.name, inputs, attributes };
  return { kind: 'operation', ...call, ...inferred(kernel, call) };
}

/** Shape and dtype of a call; where lengths grow with the batch, they are inferred for batches of two sizes. */
export function inferred(kernel: Kernel, call: GraphCall): Typed {
  if (hasFixedLengths(call)) {
    const { shape, dtype } = kernel.infer(call);
    return { shape, dtype };
  }
  const [B, otherB] = BATCHES;
  const { shape, dtype } = kernel.infer(callAt(call, B));
  const other = kernel.infer(callAt(call, otherB)).shape;
  const lengths = shape.map((length, axis) => dimensionThrough([B, length], [otherB, other[axis]!]));
  if (lengths.every((length) => length !== undefined)) return { shape: lengths, dtype };
  throw new TraceError(
    `trace: ${kernel.name}: expected lengths that grow in proportion to the batch, got ${showShape(shape)} and ${showShape(other)}`,
  );
}

function hasFixedLengths(call: GraphCall): call is GraphCall & Call<Typed<number>> {
  return (
    Object.values(call.inputs).every(({ shape }) => areFixed(shape)) &&
    Object.values(call.attributes).every(isFixedAttribute)
  );
}

function isFixedAttribute(attribute: Attribute): boolean {
  return isList(attribute)
    ? attribute.every(isFixedAttribute)
    : typeof attribute !== 'object' || attribute === null;
}

/** A call for a batch of one size. */
export function callAt({ kernel, inputs, attributes }: GraphCall, batch: number): Call<Typed<number>> {
  const known = Object.entries(inputs).map(([name, { shape, dtype }]) => {
    return [name, { shape: shapeAt(shape, batch), dtype }] as const;
  });
  return { kernel, inputs: Object.fromEntries(known), attributes: attributesAt(attributes, batch) };
}

/** The attributes for a batch of one size: no length grows with the batch. */
export function attributesAt(attributes: Attributes, batch: number): Record<string, unknown> {
  const at = (attribute: Attribute): unknown => {
    if (isList(attribute)) return attribute.map(at);
    return typeof attribute === 'object' && attribute !== null ? sizeAt(attribute, batch) : attribute;
  };
  return Object.fromEntries(Object.entries(attributes).map(([name, attribute]) => [name, at(attribute)]));
}

function isList(attribute: Attribute): attribute is readonly Attribute[] {
  return Array.isArray(attribute);
}

/** A value's shape during a recording. */
export function lengths({ shape }: { readonly shape: readonly Dimension[] }): number[] {
  return shape.map(Number);
}

/** An axis counted from the front. */
export function fromFront(axis: number, rank: number): number {
  return axis < 0 ? axis + rank : axis;
}

/** A form of a kernel that graphs don't have. */
export function unsupported({ kernel, inputs }: Call, what: string): TraceError {
  const given = Object.values(inputs).map(({ dtype, shape }) => `${dtype} ${showShape(shape)}`);
  return new TraceError(`trace: ${kernel} of ${given.join(', ')}: ${what}`);
}

/** A form of a kernel that ONNX has no counterpart of. */
export function refused({ kernel }: Operation, expected: string, got: string): TraceError {
  return new TraceError(`onnx: ${kernel}: expected ${expected}, got ${got}; cast before, or use other ops`);
}

/** Dtypes of operators for real numbers alone. */
export const FLOATS: readonly GraphDtype[] = ['float32'];
/** Dtypes of operators for all numbers. */
export const NUMBERS: readonly GraphDtype[] = ['float32', 'int32'];
/** Dtypes of operators for truth values. */
export const TRUTHS: readonly GraphDtype[] = ['bool'];
/** Dtypes of operators for everything. */
export const ALL: readonly GraphDtype[] = ['float32', 'int32', 'bool'];

/** The lowering to one operator of inputs in this order. */
export function toOperator(operator: string, ...inputs: readonly string[]): Lowering {
  return (_, onnx, input) => onnx.node(operator, inputs.map(input));
}
