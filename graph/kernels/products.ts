/** Products of matrices. */
import { backend_util } from '@tensorflow/tfjs-core';
import { type Call, inputOf, numberOf, type Value } from '../../ops/operation.ts';
import { add, ELEMENT_WISE } from './element-wise.ts';
import { type Alias, type Kernel, NUMBERS, operation, unsupported } from './kernel.ts';

const MATMUL: Kernel = {
  name: 'BatchMatMul',
  dtypes: NUMBERS,
  attributesOf: ({ attributes: { transposeA, transposeB } }) => ({
    transposeA: transposeA === true,
    transposeB: transposeB === true,
  }),
  infer(call) {
    const [a, b] = [inputOf(call, 'a'), inputOf(call, 'b')];
    const { transposeA, transposeB } = call.attributes;
    const batch = backend_util.assertAndGetBroadcastShape(a.shape.slice(0, -2), b.shape.slice(0, -2));
    const rows = a.shape.at(transposeA === true ? -1 : -2)!;
    const columns = b.shape.at(transposeB === true ? -2 : -1)!;
    return { shape: [...batch, rows, columns], dtype: a.dtype };
  },
  depth: (call) => inputOf(call, 'a').shape.at(call.attributes.transposeA === true ? -2 : -1)!,
  lower(product, onnx) {
    const [a, b] = [inputOf(product, 'a'), inputOf(product, 'b')];
    const { transposeA, transposeB } = product.attributes;
    return onnx.node('MatMul', [
      transposeA === true ? onnx.writeTransposed(a) : onnx.write(a),
      transposeB === true ? onnx.writeTransposed(b) : onnx.write(b),
    ]);
  },
};

/** What TF.js's fused kernels may apply after their sum, by the name they have for it. */
const ACTIVATIONS: Readonly<Record<string, string>> = {
  relu: 'Relu',
  relu6: 'Relu6',
  elu: 'Elu',
  sigmoid: 'Sigmoid',
  prelu: 'Prelu',
  leakyrelu: 'LeakyRelu',
};

function activated(call: Call, x: Value): Value {
  const { activation } = call.attributes;
  if (activation === undefined || activation === null || activation === 'linear') return x;
  const row = ELEMENT_WISE.find(({ name }) => name === ACTIVATIONS[String(activation)]);
  if (row === undefined || !('infer' in row)) {
    throw unsupported(call, `expected another activation than ${String(activation)}`);
  }
  if (row.name === 'Prelu') return operation(row, { x, alpha: inputOf(call, 'preluActivationWeights') });
  if (row.name === 'LeakyRelu') return operation(row, { x }, { alpha: numberOf(call, 'leakyreluAlpha') });
  return operation(row, { x });
}

/**
 * A kernel of TF.js that computes another one, adds a bias, and applies an activation.
 *
 * @param inputs the names of that kernel's inputs
 */
export function finished(name: string, kernel: Kernel, inputs: readonly string[]): Alias {
  return {
    name,
    record(call) {
      const own = Object.fromEntries(inputs.map((each) => [each, inputOf(call, each)]));
      const product = operation(kernel, own, kernel.attributesOf?.(call));
      const { bias } = call.inputs;
      return activated(call, bias === undefined ? product : add(product, bias));
    },
  };
}

/** The rows. */
export const PRODUCTS: readonly (Kernel | Alias)[] = [MATMUL, finished('_FusedMatMul', MATMUL, ['a', 'b'])];
