/** A model in the terms of ONNX: names, nodes and tensors. */
import type { OnnxAttribute } from '../../ops/onnx-builder.ts';
import type { Dimension } from '../../shapes/batch-dimension.ts';

/** The element types that are used, as ONNX numbers them (`TensorProto.DataType`). */
export const ONNX_TYPES = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float16: 10,
  float64: 11,
} as const;

/** The name of an element type. */
export type OnnxType = keyof typeof ONNX_TYPES;

/** Bytes of one value. */
export const ONNX_TYPE_BYTES: Readonly<Record<OnnxType, number>> = {
  float32: 4,
  uint8: 1,
  int32: 4,
  int64: 8,
  bool: 1,
  float16: 2,
  float64: 8,
};

/** One application of an operator. */
export interface OnnxNode {
  readonly name: string;
  /** empty for ONNX's own operators */
  readonly domain: string;
  readonly operator: string;
  /** an input that is left out is an empty text */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

/** A constant tensor. */
export interface OnnxTensor {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly number[];
  readonly byteLength: number;
  /** row-major, little-endian; made when it is asked for, and not to be changed */
  bytes(): Promise<Uint8Array>;
}

/** An input or output of the whole. */
export interface OnnxPort {
  readonly name: string;
  readonly type: OnnxType;
  readonly shape: readonly Dimension[];
}

/** A set of operators, and its version. */
export interface OnnxOperatorSet {
  readonly domain: string;
  readonly version: number;
}

/** A whole model. */
export interface OnnxModel {
  readonly operatorSets: readonly OnnxOperatorSet[];
  readonly inputs: readonly OnnxPort[];
  readonly outputs: readonly OnnxPort[];
  /** each after those whose outputs it takes */
  readonly nodes: readonly OnnxNode[];
  readonly tensors: readonly OnnxTensor[];
  /** free text */
  readonly metadata: Readonly<Record<string, string>>;
}
