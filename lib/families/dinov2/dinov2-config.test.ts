import { Dinov2Config } from './dinov2-config.ts';
import { PRESET_NAMES, presetConfig } from './presets.ts';

const DEEP: unknown = JSON.parse('['.repeat(100_000) + ']'.repeat(100_000));

test('defaults are those of transformers', () => {
  const plain = new Dinov2Config();
  const common = {
    hiddenSize: 768,
    numHiddenLayers: 12,
    numAttentionHeads: 12,
    headDim: 64,
    mlpRatio: 4,
    hiddenAct: 'gelu',
    hiddenDropoutProb: 0,
    attentionProbsDropoutProb: 0,
    initializerRange: 0.02,
    layerNormEps: 1e-6,
    imageSize: 224,
    numChannels: 3,
    qkvBias: true,
    layerscaleValue: 1,
    dropPathRate: 0,
    useSwigluFfn: false,
    applyLayernorm: true,
    reshapeHiddenStates: true,
    useMaskToken: true,
    numLabels: 2,
    id2label: { 0: 'LABEL_0', 1: 'LABEL_1' },
    numClassifierLayers: 1,
    problemType: undefined,
    outputHiddenStates: false,
    outputAttentions: false,
    positionInterpolation: 'hf',
    stages: { outFeatures: ['stage12'], outIndices: [12] },
  };
  expect(plain).toMatchObject({ ...common, modelType: 'dinov2', patchSize: 14, numRegisterTokens: 0 });
  const registers = Dinov2Config.fromJSON({ model_type: 'dinov2_with_registers' });
  expect(registers).toMatchObject({
    ...common,
    modelType: 'dinov2_with_registers',
    patchSize: 16,
    numRegisterTokens: 4,
  });
});

test('every field of a file is read', () => {
  const config = Dinov2Config.fromJSON({
    model_type: 'dinov2_with_registers',
    hidden_size: 36,
    num_hidden_layers: 3,
    num_attention_heads: 2,
    head_dim: 10,
    mlp_ratio: 2.5,
    hidden_act: 'silu',
    hidden_dropout_prob: 0.1,
    attention_probs_dropout_prob: 0.2,
    initializer_range: 0.3,
    layer_norm_eps: 1e-5,
    image_size: 42,
    patch_size: 7,
    num_channels: 1,
    qkv_bias: false,
    layerscale_value: 0.5,
    drop_path_rate: 0.4,
    use_swiglu_ffn: true,
    num_register_tokens: 2,
    apply_layernorm: false,
    reshape_hidden_states: false,
    use_mask_token: false,
    out_features: ['stage1'],
    out_indices: [1],
    num_labels: 1,
    id2label: { 0: 'cat' },
    num_classifier_layers: 2,
    problem_type: 'regression',
    output_hidden_states: true,
    output_attentions: true,
    position_interpolation: 'timm',
  });
  const expected = {
    modelType: 'dinov2_with_registers',
    hiddenSize: 36,
    numHiddenLayers: 3,
    numAttentionHeads: 2,
    headDim: 10,
    mlpRatio: 2.5,
    hiddenAct: 'silu',
    hiddenDropoutProb: 0.1,
    attentionProbsDropoutProb: 0.2,
    initializerRange: 0.3,
    layerNormEps: 1e-5,
    imageSize: 42,
    patchSize: 7,
    numChannels: 1,
    qkvBias: false,
    layerscaleValue: 0.5,
    dropPathRate: 0.4,
    useSwigluFfn: true,
    numRegisterTokens: 2,
    applyLayernorm: false,
    reshapeHiddenStates: false,
    useMaskToken: false,
    stages: { outFeatures: ['stage1'], outIndices: [1] },
    numLabels: 1,
    id2label: { 0: 'cat' },
    numClassifierLayers: 2,
    problemType: 'regression',
    outputHiddenStates: true,
    outputAttentions: true,
    positionInterpolation: 'timm',
  };
  expect(config).toEqual(expect.objectContaining(expected));
  // so it is written
  expect(Dinov2Config.fromJSON(JSON.parse(JSON.stringify(config)))).toEqual(config);
  // a copy keeps all of it
  expect(config.with({})).toEqual(config);
});

test.each([
  [1536, 4, true, 4096],
  [24, 2.73, false, 65],
  [24, 2.73, true, 48],
  [97, 1, true, 64],
  [98, 1, true, 72],
  [100, 1, true, 72],
  [12, 1, true, 8],
])(
  'the hidden size of the network for width %d and ratio %d, SwiGLU %p, is %d',
  (hiddenSize, mlpRatio, useSwigluFfn, expected) => {
    const config = new Dinov2Config({ hiddenSize, mlpRatio, useSwigluFfn, numAttentionHeads: 1 });
    expect(config.ffnHiddenSize).toBe(expected);
  },
);

test('the grid of positions is rows by columns, of whole patches', () => {
  expect(new Dinov2Config({ imageSize: [30, 55], patchSize: [14, 13] }).positionGrid).toEqual([2, 4]);
});

test('every published size is a preset', () => {
  expect(PRESET_NAMES).toHaveLength(8);
  expect(presetConfig('dinov2-giant')).toMatchObject({
    ffnHiddenSize: 4096,
    headDim: 64,
    useSwigluFfn: true,
  });
  expect(presetConfig('dinov2-with-registers-small')).toMatchObject({
    hiddenSize: 384,
    patchSize: 14,
    numRegisterTokens: 4,
  });
  expect(presetConfig('dinov2-large')).toMatchObject({ hiddenSize: 1024, numHiddenLayers: 24 });
  for (const name of PRESET_NAMES) expect(presetConfig(name)).toMatchObject({ headDim: 64, imageSize: 518 });
  expect(presetConfig('dinov2-base').positionGrid).toEqual([37, 37]);
  expect(() => presetConfig('dinov2-tiny' as 'dinov2-base')).toThrow(/expected one of dinov2-small/);
});

test('a file is read with its unknown keys ignored', () => {
  const config = Dinov2Config.fromJSON({
    model_type: 'dinov2',
    hidden_size: 32,
    num_attention_heads: 4,
    intermediate_size: 37,
    torch_dtype: 'float32',
    id2label: { 0: 'cat', 1: 'dog', 2: 'bird' },
    problem_type: null,
  });
  expect(config).toMatchObject({ hiddenSize: 32, headDim: 8, numLabels: 3, problemType: undefined });
});

test('with() changes what is named and keeps the rest', () => {
  const config = Dinov2Config.fromJSON({
    model_type: 'dinov2',
    id2label: { 0: 'a' },
    out_features: ['stem'],
  });
  expect(config.with({ hiddenAct: 'relu' })).toMatchObject({
    hiddenAct: 'relu',
    numLabels: 1,
    stages: { outIndices: [0] },
  });
  expect(config.with({ outIndices: [-1] }).stages.outFeatures).toEqual(['stage12']);
  expect(config.with({ numLabels: 7 }).id2label[6]).toBe('LABEL_6');
});

test.each<[string, unknown, RegExp]>([
  [
    'billions of layers',
    { model_type: 'dinov2', num_hidden_layers: 2 ** 31 },
    /num_hidden_layers: expected an integer from 0 to 1000, got 2147483648/,
  ],
  [
    'billions of labels',
    { model_type: 'dinov2', num_labels: 2 ** 31 },
    /num_labels: expected an integer from 0 to 1000000, got 2147483648/,
  ],
  [
    'a value of great depth',
    { model_type: 'dinov2', hidden_size: DEEP },
    /hidden_size: expected an integer.*got/,
  ],
  ['great depth', DEEP, /config\.json: expected a JSON object/],
  ['a value of great length', { model_type: 'dinov2', hidden_size: 'x'.repeat(1e6) }, /^.{100,400}$/],
  ['no object', [], /config\.json: expected a JSON object/],
  ['no model type', {}, /expected a model_type, got none/],
  [
    'another model',
    { model_type: 'vit' },
    /model_type: expected "dinov2" or "dinov2_with_registers", got "vit"/,
  ],
  [
    'a size that is no number',
    { model_type: 'dinov2', hidden_size: '768' },
    /hidden_size: expected an integer/,
  ],
  [
    'heads that do not divide',
    { model_type: 'dinov2', num_attention_heads: 7 },
    /numAttentionHeads must divide hiddenSize, got 7 and 768/,
  ],
  [
    'an unknown activation',
    { model_type: 'dinov2', hidden_act: 'swag' },
    /hidden_act: expected one of gelu, .* got "swag"/,
  ],
  ['an image smaller than a patch', { model_type: 'dinov2', image_size: 7 }, /at least one patch/],
  [
    'labels that contradict',
    { model_type: 'dinov2', num_labels: 3, id2label: { 0: 'a' } },
    /number of labels/,
  ],
  [
    'a head that reads no layer',
    { model_type: 'dinov2', num_classifier_layers: 0 },
    /num_classifier_layers: expected an integer from 1 to 1000, got 0/,
  ],
  [
    'a head that reads more layers than there are',
    { model_type: 'dinov2', num_classifier_layers: 13 },
    /numClassifierLayers must be from 1 to the 12 of numHiddenLayers, got 13/,
  ],
  [
    'a problem type that does not exist',
    { model_type: 'dinov2', problem_type: 'x' },
    /problem_type: expected regression/,
  ],
  [
    'a stage that does not exist',
    { model_type: 'dinov2', out_features: ['stage13'] },
    /outFeatures: expected some of stem/,
  ],
  [
    'stages out of order',
    { model_type: 'dinov2', out_indices: [3, 1] },
    /outIndices: expected each stage once/,
  ],
  ['an index twice', { model_type: 'dinov2', out_indices: [12, -1] }, /outIndices: expected each stage once/],
  ['an index out of range', { model_type: 'dinov2', out_indices: [13] }, /integers from -13 to 12, got 13/],
  [
    'names and indices that differ',
    { model_type: 'dinov2', out_indices: [1], out_features: ['stage2'] },
    /give one of the two/,
  ],
])('refuses %s', (_, json, message) => {
  expect(() => Dinov2Config.fromJSON(json)).toThrow(message);
});

test('a field that does not exist is refused, with what to write instead', () => {
  const misspelt: object = { hidden_size: 96 };
  expect(() => new Dinov2Config(misspelt)).toThrow(/got hidden_size; write hiddenSize/);
  const unknown: object = { width: 96 };
  expect(() => new Dinov2Config(unknown)).toThrow(/got width; there are modelType, hiddenSize/);
  const copied: object = { ...new Dinov2Config() };
  expect(() => new Dinov2Config(copied)).toThrow(/got stages; change a configuration by its method with\(\)/);
});

test.each([
  ['dinov2', 0, false],
  ['dinov2', 4, true],
  ['dinov2_with_registers', 0, true],
] as const)(
  '%s with %d registers: whether they are written is %p',
  (modelType, numRegisterTokens, written) => {
    const json = new Dinov2Config({ modelType, numRegisterTokens }).toJSON();
    expect('num_register_tokens' in json).toBe(written);
  },
);

test('the size of heads is written where it is not the width over their number', () => {
  expect(new Dinov2Config({ hiddenSize: 36, numAttentionHeads: 2 }).toJSON()).not.toHaveProperty('head_dim');
  const config = new Dinov2Config({ hiddenSize: 36, numAttentionHeads: 2, headDim: 10 });
  expect(config.toJSON()).toMatchObject({ head_dim: 10 });
});

test("what transformers' classes have not, or leave out, is written where it is not the default", () => {
  const others = [
    'output_hidden_states',
    'output_attentions',
    'position_interpolation',
    'num_classifier_layers',
  ];
  const plain = Object.keys(new Dinov2Config({ modelType: 'dinov2' }).toJSON());
  expect(plain.filter((key) => others.includes(key))).toEqual([]);
  expect(plain).toContain('use_mask_token');
  expect(new Dinov2Config({ modelType: 'dinov2_with_registers' }).toJSON()).not.toHaveProperty(
    'use_mask_token',
  );
});

test('layer scale may start below zero', () => {
  expect(Dinov2Config.fromJSON({ model_type: 'dinov2', layerscale_value: -1 }).layerscaleValue).toBe(-1);
});
