/** Products of matrices. */
import { backend_util } from '@tensorflow/tfjs-core';
import { operation, pair } from '../../ir/build.ts';
import type { Value } from '../../ir/graph.ts';
import {
  flagOf,
  type KernelCall,
  type KernelRules,
  lengths,
  numberOf,
  required,
  unsupported,
} from './rule.ts';

function matMul(call: KernelCall): Value {
  const a = required(call, 'a');
  const b = required(call, 'b');
  const transposeA = flagOf(call, 'transposeA');
  const transposeB = flagOf(call, 'transposeB');
  const [rows = 0, inner = 0] = lengths(a).slice(-2);
  const [innerB = 0, columns = 0] = lengths(b).slice(-2);
  const shape = [
    ...backend_util.assertAndGetBroadcastShape(lengths(a).slice(0, -2), lengths(b).slice(0, -2)),
    transposeA ? inner : rows,
    transposeB ? innerB : columns,
  ];
  return operation('BatchMatMul', { a, b }, { transposeA, transposeB }, shape, a.dtype);
}

/** What TF.js's fused kernels apply after their sum. */
function activated(call: KernelCall, x: Value): Value {
  const { activation } = call.attrs;
  const kernels: Readonly<Record<string, string>> = {
    relu: 'Relu',
    relu6: 'Relu6',
    elu: 'Elu',
    sigmoid: 'Sigmoid',
  };
  if (activation === undefined || activation === null || activation === 'linear') return x;
  if (activation === 'prelu') {
    const alpha = required(call, 'preluActivationWeights');
    return operation('Prelu', { x, alpha }, {}, pair('Prelu', x, alpha).shape, 'float32');
  }
  if (activation === 'leakyrelu') {
    const alpha = numberOf(call, 'leakyreluAlpha');
    return operation('LeakyRelu', { x }, { alpha }, lengths(x), x.dtype);
  }
  const kernel = typeof activation === 'string' ? kernels[activation] : undefined;
  if (kernel === undefined) throw unsupported(call, `expected another activation than ${String(activation)}`);
  return operation(kernel, { x }, {}, lengths(x), x.dtype);
}

/** A product with what a fused kernel of TF.js does after it. */
export function finished(call: KernelCall, product: Value): Value {
  const { bias } = call.inputs;
  return activated(call, bias === undefined ? product : pair('Add', product, bias));
}

/** The rules of this file. */
export const PRODUCTS: KernelRules = {
  BatchMatMul: matMul,
  _FusedMatMul: (call) => finished(call, matMul(call)),
};
