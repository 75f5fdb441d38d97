/** The figures of graphs that are small enough to be counted by hand. */
import { FUSED_ATTENTION } from '../ops/attention.ts';
import { FUSED_LINEAR } from '../ops/linear.ts';
import type { Attributes, GraphDtype, Input, Operation, Value } from '../ops/operation.ts';
import { constantOf } from '../ops/operation.ts';
import { BATCH, type Dimension } from '../shapes/batch-dimension.ts';
import type { Graph } from './ir/graph.ts';
import { pair } from './kernels/build.ts';
import { reshape } from './kernels/structure.ts';
import { summarise } from './summary.ts';

/** Bytes of four values of float32. */
const FOUR = 16;

function inputOf(shape: readonly Dimension[], name = 'x'): Input {
  return { kind: 'input', name, shape, dtype: 'float32' };
}

function graphOf(...outputs: Value[]): Graph {
  const inputs = new Set<Input>();
  const visit = (value: Value): void => {
    if (value.kind === 'input') inputs.add(value);
    if (value.kind === 'operation') Object.values(value.inputs).forEach(visit);
  };
  outputs.forEach(visit);
  return { inputs: [...inputs], outputs: new Map(outputs.map((value, i) => [`y${i}`, value])) };
}

function unary(kernel: string, x: Value, dtype: GraphDtype = x.dtype): Operation {
  return { kind: 'operation', kernel, inputs: { x }, attributes: {}, shape: x.shape, dtype };
}

test('operations by kernel, most frequent first, and nothing that no output needs', () => {
  const x = inputOf([4]);
  const summary = summarise(graphOf(unary('Exp', unary('Neg', unary('Neg', x)))), 3);
  expect(summary).toMatchObject({ batch: 3, operations: 3, flops: 0, parameters: 0, parameterBytes: 0 });
  expect(Object.entries(summary.kernels)).toEqual([
    ['Neg', 2],
    ['Exp', 1],
  ]);
});

test('parameters and their bytes by dtype, one that is used twice once', () => {
  const floats = constantOf(new Float32Array(6), [2, 3]);
  const whole = constantOf(new Int32Array(3), [3]);
  const truths = constantOf(new Uint8Array(5), [5]);
  const sum = pair('Add', pair('Add', inputOf([2, 3]), floats), floats);
  const summary = summarise(graphOf(sum, whole, truths), 7);
  expect(summary).toMatchObject({ parameters: 6 + 3 + 5, parameterBytes: 24 + 12 + 5 });
});

describe('arithmetic, two operations for each multiplication', () => {
  const of = (
    kernel: string,
    inputs: Readonly<Record<string, Value>>,
    shape: readonly Dimension[],
    attributes: Attributes = {},
  ): Graph => graphOf({ kind: 'operation', kernel, inputs, attributes, shape, dtype: 'float32' });
  const filter = constantOf(new Float32Array(2 * 3 * 5 * 7), [2, 3, 5, 7]);
  const image = inputOf([BATCH, 8, 8, 5]);

  test.each<[string, Graph, number]>([
    [
      'a linear layer',
      of(FUSED_LINEAR.name, { x: inputOf([BATCH, 2, 4]), weight: constantOf(new Float32Array(12), [3, 4]) }, [
        BATCH,
        2,
        3,
      ]),
      2 * 4 * (2 * 3),
    ],
    [
      'attention: scores and the weighted sum',
      of(FUSED_ATTENTION.name, { qkv: inputOf([BATCH, 5, 12]) }, [BATCH, 5, 4]),
      2 * 2 * 5 * (5 * 4),
    ],
    [
      'attention of one query',
      of(FUSED_ATTENTION.name, { qkv: inputOf([BATCH, 5, 12]) }, [BATCH, 1, 4]),
      2 * 2 * 5 * 4,
    ],
    [
      'a product of matrices',
      of('BatchMatMul', { a: inputOf([BATCH, 2, 3]), b: inputOf([BATCH, 3, 4], 'b') }, [BATCH, 2, 4]),
      2 * 3 * (2 * 4),
    ],
    [
      'a product of a matrix the other way round',
      of('BatchMatMul', { a: inputOf([BATCH, 3, 2]), b: inputOf([BATCH, 3, 4], 'b') }, [BATCH, 2, 4], {
        transposeA: true,
      }),
      2 * 3 * (2 * 4),
    ],
    ['a convolution', of('Conv2D', { x: image, filter }, [BATCH, 4, 4, 7]), 2 * (2 * 3 * 5) * (4 * 4 * 7)],
    [
      'a convolution of each channel alone',
      of('DepthwiseConv2dNative', { x: image, filter }, [BATCH, 4, 4, 35]),
      2 * (2 * 3) * (4 * 4 * 35),
    ],
    ['anything else', of('Exp', { x: image }, [BATCH, 8, 8, 5]), 0],
  ])('%s', (_, graph, perImage) => {
    expect(summarise(graph, 1).flops).toBe(perImage);
    expect(summarise(graph, 3).flops).toBe(3 * perImage);
  });
});

describe('memory at the moment when most is needed', () => {
  const x = inputOf([BATCH, 4]);
  const exp = unary('Exp', x);
  const neg = unary('Neg', exp);

  test.each<[string, Graph, number]>([
    ['what is no longer used is freed', graphOf(unary('Neg', unary('Abs', exp))), 2 * FOUR],
    ['inputs that are outputs stay', graphOf(neg, x), 3 * FOUR],
    ['results that are outputs stay', graphOf(unary('Abs', neg), exp), 3 * FOUR],
    ['the same under another shape is no more memory', graphOf(exp, neg, reshape(neg, [4, BATCH])), 2 * FOUR],
    ['an output under another shape stays', graphOf(reshape(exp, [4, BATCH]), unary('Abs', neg)), 3 * FOUR],
    ['truth values have a byte each', graphOf(unary('LogicalNot', unary('IsNan', x, 'bool'))), FOUR + 4],
  ])('%s', (_, graph, perImage) => {
    expect(summarise(graph, 1).activationBytes).toBe(perImage);
    expect(summarise(graph, 5).activationBytes).toBe(5 * perImage);
  });

  test('what an operation takes twice is freed once', () => {
    const twice = pair('Add', exp, exp);
    const graph = graphOf(pair('Sub', twice, unary('Neg', twice)));
    expect(summarise(graph, 1).activationBytes).toBe(3 * FOUR);
  });

  test('what is used under another shape later stays until then', () => {
    const graph = graphOf(pair('Sub', neg, reshape(reshape(exp, [4, BATCH]), [BATCH, 4])));
    expect(summarise(graph, 1).activationBytes).toBe(3 * FOUR);
  });

  test('constants are none of it', () => {
    const constant = constantOf(new Float32Array(4), [4]);
    const sum = pair('Add', x, constant);
    const graph = graphOf(pair('Sub', sum, unary('Neg', sum)));
    expect(summarise(graph, 1).activationBytes).toBe(3 * FOUR);
  });

  test('inputs count from the start, even those that nothing is made of', () => {
    const unused = inputOf([BATCH, 4], 'unused');
    const graph = graphOf(unary('Neg', unary('Abs', exp)));
    expect(summarise({ ...graph, inputs: [x, unused] }, 1).activationBytes).toBe(3 * FOUR);
    expect(summarise({ ...graphOf(constantOf(new Float32Array(1), [])), inputs: [x] }, 1)).toMatchObject({
      activationBytes: FOUR,
    });
  });
});
