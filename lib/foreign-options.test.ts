/** Options of transformers and transformers.js, and misspelt ones: each call says what to write here. */
import { ConfigError, OptionError } from '../errors/errors.ts';
import * as library from './index.ts';
import { SMALL, waves } from './testing/small-model.ts';

const { AutoImageProcessor, BitImageProcessor, Dinov2Config } = library;
const { Dinov2ForImageClassification, Dinov2Model, classify, embed, setDevice } = library;

const MODEL = new URL('../models/digits', import.meta.url).pathname;
const PHOTO = new URL('../examples/pictures/digits/one.png', import.meta.url).pathname;

/** What JavaScript lets anybody pass. */
const any = (value: unknown): never => value as never;
const call = (of: unknown, ...values: unknown[]): unknown =>
  Reflect.apply(of as () => unknown, undefined, values);
const options = (name: string): object => ({ [name]: true });

let model: library.Dinov2Model;
let classifier: library.Dinov2ForImageClassification;
const pixels = waves([1, 3, 16, 16]);
const processor = new BitImageProcessor();

beforeAll(async () => {
  model = await Dinov2Model.fromConfig(SMALL);
  classifier = await Dinov2ForImageClassification.fromConfig(SMALL);
});

afterAll(() => {
  for (const each of [model, classifier]) each.dispose();
});

/** Every call, with what its message has to say. */
const OPTIONS: readonly (readonly [what: string, call: () => unknown, message: RegExp])[] = [
  ...(
    [
      ['dtype', "precision: 'f16' or 'i8' rounds"],
      ['torch_dtype', "precision: 'f16' or 'i8' rounds"],
      ['torchDtype', "precision: 'f16' or 'i8' rounds"],
      ['halfWeights', "precision: 'f16' keeps the weights of one model in 16 bits"],
      ['quantized', "precision: 'i8' rounds the weights of a model to 8 bits"],
      ['load_in_8bit', "precision: 'i8' rounds the weights of a model to 8 bits"],
      ['device', "it is chosen for all models, before they are loaded: await setDevice\\('webgpu'\\)$"],
      ['device_map', 'await setDevice'],
      ['progress_callback', 'write onProgress$'],
      ['local_files_only', 'write offline$'],
      ['cache_dir', 'write cacheDir$'],
      ['use_auth_token', 'write token$'],
      ['abort_signal', 'write signal$'],
      ['attn_implementation', 'there is no choice of it$'],
      ['model_file_name', "name the file in the source: 'owner/name/file.safetensors'$"],
      ['trust_remote_code', 'no code of a repository is ever run$'],
      ['force_download', 'delete the file from the cache'],
      ['ignore_mismatched_sizes', 'weights have to fit'],
      ['output_hidden_states', 'write outputHiddenStates$'],
      ['hidden_size', 'it is a field of the configuration: write fields: { hiddenSize }$'],
      ['hiddenSize', 'write fields: { hiddenSize }$'],
      ['id2label', 'write fields: { id2label }$'],
      ['num_labels', 'write fields: { numLabels }$'],
      ['overrides', 'write fields$'],
      ['revison', 'write revision$'],
      ['labels', 'it is of a classifier'],
    ] as const
  ).map(
    ([name, remedy]) =>
      [
        `loading with ${name}`,
        () => call(Dinov2Model.fromPretrained, MODEL, options(name)),
        RegExp(`^Dinov2Model: expected options among .*, got ${name}; .*${remedy}`),
      ] as const,
  ),
  ...(
    [
      ['output_hidden_states', 'write outputHiddenStates$'],
      ['output_attentions', 'write outputAttentions$'],
      ['bool_masked_pos', 'write boolMaskedPos$'],
      ['attention_mask', 'write attentionMask$'],
      ['interpolate_pos_encoding', 'positions are interpolated for every size$'],
      ['return_dict', 'outputs are always objects$'],
      ['head_mask', 'masks of tokens alone: attentionMask$'],
      ['pixel_values', 'images are the first argument'],
    ] as const
  ).map(
    ([name, remedy]) =>
      [
        `forward with ${name}`,
        () => call(model.forward.bind(model), pixels, options(name)),
        RegExp(`got ${name}; .*${remedy}`),
      ] as const,
  ),
  [
    'the precision of a file',
    () => call(library.convert, MODEL, '/nowhere', { precision: 'i8' }),
    /^convert: .*, got precision; write dtype$/,
  ],
  [
    'the precision of a report',
    () => call(library.comparePrecisions, MODEL, [], { precision: 'i8' }),
    /^comparePrecisions: .*, got precision; write precisions$/,
  ],
  ...(
    [
      ['q8', 'i8'],
      ['int8', 'i8'],
      ['fp16', 'f16'],
      ['float32', 'f32'],
    ] as const
  ).map(
    ([theirs, ours]) =>
      [
        `the precision ${theirs}`,
        () => call(Dinov2Model.fromPretrained, MODEL, { precision: theirs }),
        RegExp(`precision: expected one of f32, f16, i8, got "${theirs}"; write "${ours}"$`),
      ] as const,
  ),
  [
    'the dtype of a file as transformers.js calls it',
    () => call(library.convert, MODEL, '/nowhere', { dtype: 'q8' }),
    /^convert: dtype: expected one of f32, f16, bf16, i8, got "q8"; write "i8"$/,
  ],
  [
    'pooling as transformers.js calls it',
    () => call(embed, model, pixels, { pooling: 'cls' }),
    /^embed: .*, got pooling; write pool$/,
  ],
  [
    'British spelling',
    () => call(embed, model, pixels, { normalise: true }),
    /got normalise; write normalize$/,
  ],
  ['top_k', () => call(classify, classifier, pixels, { top_k: 1 }), /got top_k; write topK$/],
  [
    'a field in another notation',
    () => new Dinov2Config(any({ hidden_size: 3 })),
    /got hidden_size; write hiddenSize, or read a config\.json by Dinov2Config\.fromJSON$/,
  ],
  ['a misspelt field', () => SMALL.with(any({ hidenSize: 3 })), /got hidenSize; write hiddenSize$/],
  [
    'a field that is none',
    () => new Dinov2Config(any({ window: 3 })),
    /got window; there are modelType, hiddenSize, /,
  ],
  [
    'fields in another notation',
    () => Dinov2Model.fromPretrained(MODEL, { fields: any({ num_attention_heads: 3 }) }),
    /write numAttentionHeads/,
  ],
  [
    'a setting of a processor among options',
    () => call(AutoImageProcessor.fromPretrained, MODEL, { cropSize: 3 }),
    /got cropSize; it is a setting: write overrides: { cropSize }$/,
  ],
  [
    'use_fast',
    () => call(AutoImageProcessor.fromPretrained, MODEL, { use_fast: true }),
    /by backend: 'torchvision' or 'pil'$/,
  ],
  [
    'return_tensors',
    () => call(processor.preprocess.bind(processor), PHOTO, { return_tensors: 'pt' }),
    /tensor4d\(data, shape\) makes a tensor of them$/,
  ],
  [
    'a device of another library',
    () => call(setDevice, 'wasm'),
    /^setDevice: expected one of auto, simd, .*, got "wasm"$/,
  ],
];

test.each(OPTIONS)('%s', async (_, mistake, message) => {
  const made = async (): Promise<unknown> => mistake();
  await expect(made()).rejects.toThrow(message);
  const error: unknown = await made().catch((reason: unknown) => reason);
  expect(error instanceof OptionError || error instanceof ConfigError).toBe(true);
});
