/** Kernels that sum up axes, or compare along one. */
import { util } from '@tensorflow/tfjs-core';
import { operation } from '../../ir/build.ts';
import type { GraphDtype, Value } from '../../ir/graph.ts';
import {
  flagOf,
  fromFront,
  type KernelCall,
  type KernelRule,
  type KernelRules,
  lengths,
  numberOf,
  optionalNumbersOf,
  required,
} from './rule.ts';

function reduced(call: KernelCall, x: Value, axes: readonly number[], dtype: GraphDtype): Value {
  const keepDims = flagOf(call, 'keepDims');
  const shape = lengths(x).flatMap((length, axis) => (!axes.includes(axis) ? length : keepDims ? 1 : []));
  return operation(call.kernel, { x }, { axis: [...axes], keepDims }, shape, dtype);
}

/** @param attribute what the kernel calls the axes; in the graph it is always `axis` */
function reduction(dtypeOf: (x: Value) => GraphDtype, attribute = 'axis'): KernelRule {
  return (call) => {
    const x = required(call, 'x');
    const shape = lengths(x);
    const axes = util.parseAxisParam(optionalNumbersOf(call, attribute) ?? [...shape.keys()], shape);
    return reduced(
      call,
      x,
      axes.sort((a, b) => a - b),
      dtypeOf(x),
    );
  };
}

const best: KernelRule = (call) => {
  const x = required(call, 'x');
  return reduced(call, x, [fromFront(numberOf(call, 'axis'), x.shape.length)], 'int32');
};

/** The rules of this file. */
export const REDUCTIONS: KernelRules = {
  Sum: reduction(({ dtype }) => (dtype === 'bool' ? 'int32' : dtype)),
  Mean: reduction(() => 'float32'),
  Max: reduction(({ dtype }) => dtype, 'reductionIndices'),
  Min: reduction(({ dtype }) => dtype),
  Prod: reduction(({ dtype }) => (dtype === 'bool' ? 'int32' : dtype)),
  All: reduction(() => 'bool'),
  Any: reduction(() => 'bool'),
  ArgMax: best,
  ArgMin: best,
  Softmax(call) {
    const logits = required(call, 'logits');
    const dim = fromFront(numberOf(call, 'dim'), logits.shape.length);
    return operation('Softmax', { logits }, { dim }, lengths(logits), logits.dtype);
  },
};
