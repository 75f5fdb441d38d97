/** Reading graphs, and making new ones of them. */

import { tensor1d } from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { TraceError } from '../../errors/errors.ts';
import { constantOf, type Input, inputOf, type Value } from '../../ops/operation.ts';
import { BATCH } from '../../shapes/batch-dimension.ts';
import { evaluate } from '../evaluate.ts';
import { operation, pair } from '../kernels/build.ts';
import { reshape, slice } from '../kernels/structure.ts';
import { rewrite } from '../passes/rewrite.ts';
import { generalise } from '../record/generalise.ts';
import { attributeKey } from './attribute-key.ts';
import { countUses, type Graph, operationsOf, valuesOf } from './graph.ts';

const X: Input = { kind: 'input', name: 'x', shape: [2], dtype: 'float32' };
const exp = operation('Exp', { x: X });

function graphOf(outputs: Readonly<Record<string, Value>>): Graph {
  return { inputs: [X], outputs: new Map(Object.entries(outputs)) };
}

beforeAll(() => setDevice('cpu'));

/** x + x + … as a chain, in which every value is used twice. */
function deep(length: number): Graph {
  let value: Value = X;
  for (let i = 0; i < length; i++) value = pair('Minimum', value, value);
  return graphOf({ y: value });
}

test('every value comes once, after what it is made of; inputs of one operation in their order', () => {
  const a = operation('Neg', { x: exp });
  const b = operation('Square', { x: exp });
  const sum = pair('Sub', a, b);
  const unused = pair('Add', sum, sum);
  expect(valuesOf(graphOf({ sum, a }))).toEqual([X, exp, a, b, sum]);
  expect(operationsOf(graphOf({ sum, a }))).not.toContain(unused);
});

test('a graph of 100 000 operations does not overflow the stack', async () => {
  const graph = deep(100_000);
  expect(valuesOf(graph)).toHaveLength(100_001);
  expect(countUses(graph).get(X)).toBe(2);
  const renamed = rewrite(graph, (each) => ({ ...each, kernel: 'Maximum' }));
  expect(operationsOf(renamed).every(({ kernel }) => kernel === 'Maximum')).toBe(true);
  const both = await generalise({ batch: 2, graph }, { batch: 3, graph });
  expect(operationsOf(both)).toHaveLength(100_000);
});

test('a deep graph is evaluated', async () => {
  const x = tensor1d([1, 2]);
  const { y } = await evaluate(deep(2000), { x });
  expect([...(y?.dataSync() ?? [])]).toEqual([1, 2]);
  x.dispose();
  y?.dispose();
});

test('uses are counted by operation, by input, and by output', () => {
  const uses = countUses(graphOf({ y: pair('Add', exp, exp), exp, again: exp }));
  expect([uses.get(exp), uses.get(X)]).toEqual([4, 1]);
});

describe('rewriting', () => {
  const graph = graphOf({ y: pair('Add', exp, X), exp });

  test('a graph to which nothing applies stays the same', () => {
    expect(rewrite(graph, (each) => each)).toBe(graph);
  });

  test('what is replaced is replaced everywhere, and the rule sees both the old and the new inputs', () => {
    const seen: Value[][] = [];
    const result = rewrite(graph, (each, original) => {
      if (each.kernel === 'Exp') return X;
      seen.push([inputOf(each, 'a'), inputOf(original, 'a')]);
      return each;
    });
    expect(seen).toEqual([[X, exp]]);
    expect(valuesOf(result)).toEqual([X, pair('Add', X, X)]);
    expect(result.outputs.get('exp')).toBe(X);
    expect(valuesOf(graph)).toContain(exp);
  });

  test('operations of which nothing changes stay the same objects', () => {
    const square = operation('Square', { x: X });
    const result = rewrite(graphOf({ exp, square }), (each) => (each.kernel === 'Exp' ? X : each));
    expect(result.outputs.get('square')).toBe(square);
  });
});

describe('building', () => {
  test('what would change nothing is left out', () => {
    expect(reshape(exp, [2])).toBe(exp);
    expect(slice(exp, [0], [2])).toBe(exp);
  });

  test('shapes are stretched as NumPy stretches them', () => {
    const of = (shape: Value['shape']): Input => ({ ...X, shape });
    expect(pair('Add', of([BATCH, 1, 4]), of([3, 1])).shape).toEqual([BATCH, 3, 4]);
    expect(pair('Add', of([4]), of([BATCH, 1])).shape).toEqual([BATCH, 4]);
    expect(pair('Add', of([1]), of([BATCH])).shape).toEqual([BATCH]);
    expect(() => pair('Add', of([BATCH]), of([3]))).toThrow(TraceError);
    expect(() => pair('Add', of([2]), of([3]))).toThrow(/shapes that can be paired, got \[2\] and \[3\]/);
  });

  test('a constant has the dtype of its values', () => {
    const dtypes = [new Float32Array(1), new Int32Array(1), new Uint8Array(1)].map((values) => {
      return constantOf(values, [1]).dtype;
    });
    expect(dtypes).toEqual(['float32', 'int32', 'bool']);
  });
});

test('keys of attributes tell all numbers apart', () => {
  const attributes = [0, -0, Number.NaN, 1 / 0, -1 / 0, null, '0', 'NaN', [0], BATCH].map((value) => ({
    value,
  }));
  expect(new Set(attributes.map(attributeKey)).size).toBe(attributes.length);
  expect(attributeKey({ value: [1, BATCH] })).toBe(attributeKey({ value: [1, { ...BATCH }] }));
});
