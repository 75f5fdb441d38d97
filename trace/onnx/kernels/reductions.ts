/** Kernels that sum up axes, or compare along one. */
import { inputOf, type Operation } from '../../graph/graph.ts';
import type { Lowering } from '../lowering.ts';
import { type Lower, type Lowers, numberOf, numbersOf } from './lower.ts';

function reduced(operator: string, operation: Operation, lowering: Lowering, x: string): string {
  const axes = lowering.integers(numbersOf(operation, 'axis'));
  const attributes = { keepdims: operation.attributes.keepDims === true ? 1 : 0 };
  return lowering.node(operator, [x, axes], { attributes });
}

function reduction(operator: string): Lower {
  return (operation, lowering, input) => reduced(operator, operation, lowering, input('x'));
}

/** Truth values are compared as numbers. */
function ofTruths(operator: string): Lower {
  return (operation, lowering, input) => {
    const numbers = lowering.cast(input('x'), 'int32');
    return lowering.cast(reduced(operator, operation, lowering, numbers), 'bool');
  };
}

function best(operator: string): Lower {
  return (operation, lowering, input) => {
    const [axis = 0] = numbersOf(operation, 'axis');
    const found = lowering.node(operator, [input('x')], { attributes: { axis, keepdims: 0 } });
    return lowering.cast(found, 'int32');
  };
}

function alongAxis(attribute: string): Lower {
  return (operation, lowering, input) =>
    lowering.node(operation.kernel, [input('logits')], {
      attributes: { axis: numberOf(operation, attribute) },
    });
}

/** The kernels of this file. */
export const REDUCTIONS: Lowers = {
  Sum: reduction('ReduceSum'),
  Max: reduction('ReduceMax'),
  Min: reduction('ReduceMin'),
  Prod: reduction('ReduceProd'),
  Mean(operation, lowering, input) {
    const isFloat = inputOf(operation, 'x').dtype === 'float32';
    const x = isFloat ? input('x') : lowering.cast(input('x'), 'float32');
    return reduced('ReduceMean', operation, lowering, x);
  },
  All: ofTruths('ReduceMin'),
  Any: ofTruths('ReduceMax'),
  ArgMax: best('ArgMax'),
  ArgMin: best('ArgMin'),
  Softmax: alongAxis('dim'),
  LogSoftmax: alongAxis('axis'),
};
