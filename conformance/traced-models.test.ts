/** Every model as a graph, against itself. */
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { setDevice } from '../backends/devices.ts';
import { tensorOfArray } from '../graph/engines/engine.ts';
import { optimise } from '../graph/passes/optimise.ts';
import { trace } from '../graph/tracing/trace.ts';
import { verify } from '../graph/verify.ts';
import { loadForReference } from '../lib/parity/verify.ts';
import { relativeDifference } from '../testing/close.ts';
import { caseInputs, caseTraceOptions } from './testing/case-inputs.ts';
import { CASES, modelFolder, optionsOf, readCase } from './testing/references.ts';

beforeAll(() => setDevice('simd', { threads: 1 }));

/** Relative to the largest value; folding moves roundings. */
const TOLERANCE = 1e-5;

test.each(CASES)('$name', async (example) => {
  const reference = await readCase(example, 'float32');
  using model = await loadForReference(modelFolder(example), reference, optionsOf(example));
  const inputs = caseInputs(reference);
  const options = caseTraceOptions(reference, inputs);
  const pixels = inputs.get('pixel_values') ?? { shape: [] };
  const feeds: Record<string, Tensor> = {};
  for (const [name, array] of inputs) feeds[name] = tensorOfArray(array);
  const eager = model.program(options)(feeds);

  const unchanged = await trace(model, pixels, { ...options, optimise: false });
  verify(unchanged.graph);
  optimise(unchanged.graph, verify);
  const plain = await unchanged.run(feeds);
  expect(Object.keys(plain)).toEqual(Object.keys(eager));
  for (const [name, value] of Object.entries(plain)) {
    expect([name, value.shape]).toEqual([name, eager[name]?.shape]);
    expect(value.dataSync()).toEqual(eager[name]?.dataSync());
  }
  const optimised = await (await trace(model, pixels, options)).run(feeds);
  expect(Object.keys(optimised)).toEqual(Object.keys(eager));
  for (const [name, value] of Object.entries(optimised)) {
    expect([name, value.shape]).toEqual([name, eager[name]?.shape]);
    const difference = relativeDifference(value.dataSync(), eager[name]?.dataSync() ?? []);
    expect([name, difference < TOLERANCE ? 'close' : difference]).toEqual([name, 'close']);
  }
  dispose([feeds, eager, plain, optimised]);
});
