/** What `console.log`, text and `JSON.stringify` make of objects that hold weights: a line. */
import { inspect } from 'node:util';
import { trace } from '../graph/tracing/trace.ts';
import { BitImageProcessor } from '../images/image-processor.ts';
import { Dinov2Config } from './families/dinov2/dinov2-config.ts';
import { Dinov2ForImageClassification } from './families/dinov2/dinov2-for-image-classification.ts';
import { Dinov2Model } from './families/dinov2/dinov2-model.ts';
import { presetConfig } from './families/dinov2/presets.ts';
import { CompiledModel } from './index.ts';
import { SMALL, waves, withSmallModel } from './testing/small-model.ts';

const SIZES =
  'modelType: dinov2, hiddenSize: 16, numHiddenLayers: 2, numAttentionHeads: 2, imageSize: 16, patchSize: 4, numRegisterTokens: 3';

/** The line, after seeing that consoles and text have the same. */
function line(value: object): string {
  const text = String(value);
  expect(inspect(value)).toBe(text);
  expect(text).not.toContain('\n');
  return text;
}

test('a model is its class, its sizes and its parameters', async () => {
  const model = await Dinov2Model.fromConfig(SMALL);
  const numParameters = model.numParameters;
  expect(line(model)).toBe(`Dinov2Model { ${SIZES}, numParameters: ${numParameters} }`);
  expect(inspect({ model })).toBe(`{\n  model: ${model}\n}`);
  expect(JSON.parse(JSON.stringify(model))).toEqual({
    architecture: 'Dinov2Model',
    modelType: 'dinov2',
    hiddenSize: 16,
    numHiddenLayers: 2,
    numAttentionHeads: 2,
    imageSize: 16,
    patchSize: 4,
    numRegisterTokens: 3,
    numParameters,
  });
  model.dispose();
  expect(line(model)).toContain(', disposed: true }');
});

test('a classifier of a thousand labels says how many they are', async () => {
  const config = SMALL.with({ numLabels: 1000 });
  using model = await Dinov2ForImageClassification.fromConfig(config);
  expect(line(model)).toContain('numRegisterTokens: 3, numLabels: 1000, numParameters: ');
  expect(line(model.config)).toBe(`Dinov2Config { ${SIZES}, numLabels: 1000 }`);
});

test('a configuration is its sizes and what differs from the defaults', () => {
  expect(line(presetConfig('dinov2-giant'))).toContain('hiddenSize: 1536, numHiddenLayers: 40');
  expect(
    line(new Dinov2Config({ useSwigluFfn: true, layerscaleValue: 0.5, outFeatures: ['stage1'] })),
  ).toMatch(/numLabels: 2, layerscaleValue: 0\.5, useSwigluFfn: true, outFeatures: \[stage1\] }$/);
});

test('an output is names and shapes, of a series once, and no values', () =>
  withSmallModel((model) => {
    const output = model.forward(waves([1, 3, 16, 17]), { outputHiddenStates: true, outputAttentions: true });
    expect(line(output)).toMatch(
      /^Dinov2ModelOutput { last_hidden_state: \[1, 20, 16\], pooler_output: \[1, 16\], hidden_states: 3 × \[1, 20, 16\], attentions: 2 × \[1, 2, 20, 20\], warnings: \[pixelValues: .*\] }$/,
    );
    const json = JSON.parse(JSON.stringify(output));
    expect(json.pooler_output).toEqual({ shape: [1, 16], dtype: 'float32' });
    expect(Object.keys(json)).toHaveLength(7);
    const { lastHiddenState } = output;
    expect(inspect(lastHiddenState).split('\n').length).toBeLessThan(20);
    expect(JSON.parse(JSON.stringify(lastHiddenState)).shape).toEqual([1, 20, 16]);
    output.dispose();
    expect(line(output)).toContain('pooler_output: [1, 16] disposed');
  }));

test('a traced graph is its inputs, outputs and figures', () =>
  withSmallModel(async (model) => {
    const graph = await trace(model, waves([1, 3, 16, 16]));
    const { operations, parameters } = graph.summary();
    expect(line(graph)).toBe(
      `TracedGraph { inputs: [pixel_values [B, 3, 16, 16]], outputs: [last_hidden_state, pooler_output], operations: ${operations}, parameters: ${parameters} }`,
    );
    expect(JSON.parse(JSON.stringify(graph)).outputs).toEqual(['last_hidden_state', 'pooler_output']);
  }));

test('a compiled model is that of which it was made', () =>
  withSmallModel(async (model) => {
    const compiled = new CompiledModel(model, () => Promise.reject(new Error('not run')), 1);
    expect(line(compiled)).toBe(`CompiledModel of ${model}`);
    expect(JSON.parse(JSON.stringify(compiled)).model.architecture).toBe('Dinov2Model');
    await compiled.dispose();
  }));

test('a processor is its backend and settings', () => {
  expect(String(new BitImageProcessor({ size: 40 }))).toMatch(
    /^BitImageProcessor { backend: torchvision, doResize: true, size: {"kind":"shortest","shortestEdge":40}/,
  );
  expect(inspect(new BitImageProcessor()).split('\n').length).toBeLessThan(20);
});
