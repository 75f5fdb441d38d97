/** Kernels that reduce axes to one value, or compare along one. */
import { util } from '@tensorflow/tfjs-core';
import type { Lowering, OnnxBuilder } from '../../ops/onnx-builder.ts';
import {
  type Call,
  type GraphDtype,
  inputOf,
  numberOf,
  numbersOf,
  type Operation,
  optionalNumbersOf,
  type Typed,
} from '../../ops/operation.ts';
import { FLOATS, fromFront, type Kernel, lengths, NUMBERS } from './kernel.ts';

/** @param dtypeOf the dtype of the result, by that of the input */
function infer(dtypeOf: (dtype: GraphDtype) => GraphDtype): Kernel['infer'] {
  return (call: Call<Typed<number>>) => {
    const { shape, dtype } = inputOf(call, 'x');
    const axes = numbersOf(call, 'axis');
    const kept = call.attributes.keepDims === true ? 1 : [];
    return {
      shape: shape.flatMap((length, axis) => (axes.includes(axis) ? kept : length)),
      dtype: dtypeOf(dtype),
    };
  };
}

function reduced(operator: string, operation: Operation, onnx: OnnxBuilder, x: string): string {
  const axes = onnx.integers(numbersOf(operation, 'axis'));
  const keepdims = operation.attributes.keepDims === true ? 1 : 0;
  // otherwise no axes would mean all
  return onnx.node(operator, [x, axes], { attributes: { keepdims, noop_with_empty_axes: 1 } });
}

function to(operator: string): Lowering {
  return (operation, onnx, input) => reduced(operator, operation, onnx, input('x'));
}

/** Truth values are compared as numbers. */
function ofTruths(operator: string): Lowering {
  return (operation, onnx, input) =>
    onnx.cast(reduced(operator, operation, onnx, onnx.cast(input('x'), 'int32')), 'bool');
}

/** @param attribute what TF.js calls the axes; in graphs it is always `axis` */
function reduction(
  name: string,
  dtypeOf: (dtype: GraphDtype) => GraphDtype,
  lower: Lowering,
  attribute = 'axis',
): Kernel {
  return {
    name,
    infer: infer(dtypeOf),
    lower,
    attributesOf(call) {
      const shape = lengths(inputOf(call, 'x'));
      const axes = util.parseAxisParam(optionalNumbersOf(call, attribute) ?? [...shape.keys()], shape);
      return { axis: axes.sort((a, b) => a - b), keepDims: call.attributes.keepDims === true };
    },
  };
}

/** ArgMax and ArgMin, which ONNX calls the same. */
function best(name: string): Kernel {
  return {
    name,
    infer: infer(() => 'int32'),
    dtypes: NUMBERS,
    attributesOf(call) {
      const axis = fromFront(numberOf(call, 'axis'), inputOf(call, 'x').shape.length);
      return { axis: [axis], keepDims: false };
    },
    lower(operation, onnx, input) {
      const [axis] = numbersOf(operation, 'axis');
      return onnx.cast(onnx.node(name, [input('x')], { attributes: { axis: axis!, keepdims: 0 } }), 'int32');
    },
  };
}

const same = (dtype: GraphDtype): GraphDtype => dtype;
const counted = (dtype: GraphDtype): GraphDtype => (dtype === 'bool' ? 'int32' : dtype);

/** The rows. */
export const REDUCTIONS: readonly Kernel[] = [
  { ...reduction('Sum', counted, to('ReduceSum')), dtypes: NUMBERS },
  {
    ...reduction('Max', same, to('ReduceMax'), 'reductionIndices'),
    dtypes: NUMBERS,
    toTfjs: (attrs) => ({ ...attrs, reductionIndices: attrs.axis ?? [] }),
  },
  { ...reduction('Min', same, to('ReduceMin')), dtypes: NUMBERS },
  { ...reduction('Prod', counted, to('ReduceProd')), dtypes: NUMBERS },
  reduction(
    'Mean',
    () => 'float32',
    (operation, onnx, input) => {
      const isFloat = inputOf(operation, 'x').dtype === 'float32';
      const x = isFloat ? input('x') : onnx.cast(input('x'), 'float32');
      return reduced('ReduceMean', operation, onnx, x);
    },
  ),
  reduction('All', () => 'bool', ofTruths('ReduceMin')),
  reduction('Any', () => 'bool', ofTruths('ReduceMax')),
  best('ArgMax'),
  best('ArgMin'),
  {
    name: 'Softmax',
    infer: (call) => inputOf(call, 'logits'),
    dtypes: FLOATS,
    attributesOf: (call) => ({
      dim: fromFront(numberOf(call, 'dim'), inputOf(call, 'logits').shape.length),
    }),
    lower: (operation, onnx, input) =>
      onnx.node('Softmax', [input('logits')], { attributes: { axis: numberOf(operation, 'dim') } }),
  },
];
