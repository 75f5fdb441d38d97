/** What the verifier catches; that no pass leaves such a thing, `optimise.test.ts` and the traced models see. */
import { TraceError } from '../errors/errors.ts';
import type { Input, Operation, Value } from '../ops/operation.ts';
import { BATCH } from '../shapes/batch-dimension.ts';
import type { Graph } from './ir/graph.ts';
import { operation, pair } from './kernels/build.ts';
import { sliceAlong } from './kernels/structure.ts';
import { verify } from './verify.ts';

const X: Input = { kind: 'input', name: 'x', shape: [BATCH, 5, 4], dtype: 'float32' };

function graphOf(y: Value): Graph {
  return { inputs: [X], outputs: new Map([['y', y]]) };
}

test('what was built fits together', () => {
  expect(() =>
    verify(graphOf(pair('Add', operation('Exp', { x: X }), sliceAlong(X, 1, 0, 1)))),
  ).not.toThrow();
});

test.each<[string, Operation, RegExp]>([
  [
    'a shape that was left as it was',
    { ...operation('Exp', { x: X }), inputs: { x: sliceAlong(X, 1, 0, 1) } },
    /^verify: Exp: expected float32 \[B, 1, 4\] of its inputs, got float32 \[B, 5, 4\]$/,
  ],
  [
    'another dtype',
    { ...operation('Exp', { x: X }), dtype: 'int32' },
    /^verify: Exp: expected float32 .*, got int32/,
  ],
  ['a kernel that graphs do not have', { ...operation('Exp', { x: X }), kernel: 'Pack' }, /got Pack$/],
  ['an input of another graph', operation('Exp', { x: { ...X, name: 'z' } }), /got another one, z$/],
])('%s is caught', (_, y, message) => {
  const graph = graphOf(operation('Neg', { x: y }));
  expect(() => verify(graph)).toThrow(TraceError);
  expect(() => verify(graph)).toThrow(message);
});
