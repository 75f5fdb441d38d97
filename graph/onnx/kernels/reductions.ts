/** Kernels that sum up axes, or compare along one. */
import { inputOf, type Operation } from '../../ir/graph.ts';
import type { Lowering } from '../lowering.ts';
import { each, FLOATS, type Lower, type Lowers, NUMBERS, numberOf, numbersOf, only } from './lower.ts';

function reduced(operator: string, operation: Operation, lowering: Lowering, x: string): string {
  const axes = lowering.integers(numbersOf(operation, 'axis'));
  const keepdims = operation.attributes.keepDims === true ? 1 : 0;
  // otherwise no axes would mean all
  return lowering.node(operator, [x, axes], { attributes: { keepdims, noop_with_empty_axes: 1 } });
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

/** The kernels of this file. */
export const REDUCTIONS: Lowers = {
  ...each({ Sum: 'ReduceSum', Max: 'ReduceMax', Min: 'ReduceMin', Prod: 'ReduceProd' }, (operator) =>
    only(NUMBERS, reduction(operator)),
  ),
  Mean(operation, lowering, input) {
    const isFloat = inputOf(operation, 'x').dtype === 'float32';
    const x = isFloat ? input('x') : lowering.cast(input('x'), 'float32');
    return reduced('ReduceMean', operation, lowering, x);
  },
  All: ofTruths('ReduceMin'),
  Any: ofTruths('ReduceMax'),
  ...each({ ArgMax: 'ArgMax', ArgMin: 'ArgMin' }, (operator) => only(NUMBERS, best(operator))),
  Softmax: only(FLOATS, (operation, lowering, input) =>
    lowering.node('Softmax', [input('logits')], { attributes: { axis: numberOf(operation, 'dim') } }),
  ),
};
