/** Every model as a graph, against itself. */
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { setDevice } from '../lib/devices.ts';
import { loadForReference } from '../lib/parity/verify.ts';
import { modelProgram, parameterNames } from '../lib/tracing/model-program.ts';
import { BATCH } from '../trace/graph/dimension.ts';
import { evaluate } from '../trace/graph/evaluate.ts';
import { traceProgram } from '../trace/record/trace-program.ts';
import { CASES, modelFolder, optionsOf, readCase } from './testing/references.ts';

beforeAll(() => setDevice('cpu'));

test.each(CASES)('$name', async (example) => {
  const reference = await readCase(example, 'float32');
  const model = await loadForReference(modelFolder(example), reference, optionsOf(example));
  const feeds: Record<string, Tensor> = {};
  for (const [name, { shape, values }] of reference.inputs) {
    if (name === 'labels') continue;
    feeds[name] = tensor(
      name === 'bool_masked_pos' ? Uint8Array.from(values) : Float32Array.from(values),
      [...shape],
      name === 'bool_masked_pos' ? 'bool' : 'float32',
    );
  }
  const expects = (prefix: string) => [...reference.expected.keys()].some((name) => name.startsWith(prefix));
  const program = modelProgram(model, {
    outputHiddenStates: expects('hidden_states.'),
    outputAttentions: expects('attentions.'),
  });
  const inputs = Object.entries(feeds).map(([name, { shape, dtype }]) => ({
    name,
    shape: [BATCH, ...shape.slice(1)],
    dtype: dtype as 'float32',
  }));
  const graph = await traceProgram(program, inputs, parameterNames(model));
  const eager = program(feeds);
  const traced = await evaluate(graph, feeds);
  expect(Object.keys(traced)).toEqual(Object.keys(eager));
  for (const [name, value] of Object.entries(traced)) {
    expect([name, value.shape]).toEqual([name, eager[name]?.shape]);
    expect(value.dataSync()).toEqual(eager[name]?.dataSync());
    value.dispose();
    eager[name]?.dispose();
  }
  for (const feed of Object.values(feeds)) feed.dispose();
  model.dispose();
});
