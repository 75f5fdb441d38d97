/** Kernels that sum up axes, or compare along one. */
import { util } from '@tensorflow/tfjs-core';
import { operation } from '../../graph/build.ts';
import type { GraphDtype, Value } from '../../graph/graph.ts';
import {
  flagOf,
  fromFront,
  type KernelCall,
  type KernelRule,
  type KernelRules,
  lengths,
  numberOf,
  numbersOf,
  required,
} from './rule.ts';

function reduced(call: KernelCall, x: Value, axes: readonly number[], dtype: GraphDtype): Value {
  const keepDims = flagOf(call, 'keepDims');
  const shape = lengths(x).flatMap((length, axis) => (!axes.includes(axis) ? length : keepDims ? 1 : []));
  return operation(call.kernel, { x }, { axis: [...axes], keepDims }, shape, dtype);
}

function reduction(dtypeOf: (x: Value) => GraphDtype): KernelRule {
  return (call) => {
    const x = required(call, 'x');
    const { axis } = call.attrs;
    const shape = lengths(x);
    const axes = axis === undefined || axis === null ? shape.map((_, i) => i) : numbersOf(call, 'axis');
    return reduced(
      call,
      x,
      util.parseAxisParam([...axes], shape).sort((a, b) => a - b),
      dtypeOf(x),
    );
  };
}

const best: KernelRule = (call) => {
  const x = required(call, 'x');
  return reduced(call, x, [fromFront(numberOf(call, 'axis'), x.shape.length)], 'int32');
};

/** Along the last axis, whatever the attribute is called. */
function alongAxis(attribute: string): KernelRule {
  return (call) => {
    const x = required(call, call.kernel === 'Softmax' || call.kernel === 'LogSoftmax' ? 'logits' : 'x');
    const axis = fromFront(numberOf(call, attribute), x.shape.length);
    return operation(call.kernel, { ...call.inputs }, { [attribute]: axis }, lengths(x), x.dtype);
  };
}

/** The rules of this file. */
export const REDUCTIONS: KernelRules = {
  Sum: reduction(({ dtype }) => (dtype === 'bool' ? 'int32' : dtype)),
  Mean: reduction(() => 'float32'),
  Max: reduction(({ dtype }) => dtype),
  Min: reduction(({ dtype }) => dtype),
  Prod: reduction(({ dtype }) => (dtype === 'bool' ? 'int32' : dtype)),
  All: reduction(() => 'bool'),
  Any: reduction(() => 'bool'),
  ArgMax: best,
  ArgMin: best,
  Softmax: alongAxis('dim'),
  LogSoftmax: alongAxis('axis'),
};
