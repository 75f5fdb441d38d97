/** The bytes of a model, read by the numbers of `onnx.proto`. */
import { bytesIn, fieldsOf, type Message, messagesIn, numbersIn, textsIn } from '../testing/protobuf.ts';
import { encodeBytes, encodeModel } from './encode-model.ts';
import type { OnnxModel, OnnxNode, OnnxTensor } from './onnx-model.ts';

const WEIGHT: OnnxTensor = {
  name: 'layer.weight',
  type: 'float32',
  shape: [2, 1],
  byteLength: 8,
  bytes: async () => new Uint8Array(Float32Array.of(1.5, -2).buffer),
};

const NODE: OnnxNode = {
  name: 'layer/Resize',
  domain: 'com.microsoft',
  operator: 'Resize',
  inputs: ['x', '', 'layer.weight'],
  outputs: ['y'],
  attributes: {
    axis: -1,
    large: 2 ** 40,
    alpha: { float: 0.25 },
    mode: 'nearest',
    perm: [0, -2, 300],
    none: [],
  },
};

const MODEL: OnnxModel = {
  operatorSets: [
    { domain: '', version: 20 },
    { domain: 'com.microsoft', version: 1 },
  ],
  inputs: [
    {
      name: 'x',
      type: 'uint8',
      shape: [{ perBatch: 1, plus: 0 }, 3, { perBatch: 2, plus: 1 }],
    },
  ],
  outputs: [{ name: 'y', type: 'bool', shape: [] }],
  nodes: [NODE, { ...NODE, name: 'second', domain: '', attributes: {} }],
  tensors: [WEIGHT],
  metadata: { model: 'DINOv2 – größe', empty: '' },
};

function only<Each>(list: readonly Each[]): Each {
  const [first] = list;
  if (first === undefined || list.length > 1) throw new Error(`expected one, got ${list.length}`);
  return first;
}

let model: Message;
let graph: Message;

beforeAll(async () => {
  model = fieldsOf(await encodeBytes(MODEL));
  graph = only(messagesIn(model, 7));
});

test('ModelProto: version, producer, operator sets, metadata', () => {
  expect(numbersIn(model, 1)).toEqual([9]);
  expect(textsIn(model, 2)).toEqual(['dinov2-tfjs']);
  const sets = messagesIn(model, 8).map((set) => [textsIn(set, 1), numbersIn(set, 2)]);
  expect(sets).toEqual([
    [[''], [20]],
    [['com.microsoft'], [1]],
  ]);
  const entries = messagesIn(model, 14).map((entry) => [textsIn(entry, 1), textsIn(entry, 2)]);
  expect(entries).toEqual([
    [['model'], ['DINOv2 – größe']],
    [['empty'], ['']],
  ]);
});

test('GraphProto: a name, and as many nodes, tensors, inputs and outputs as there are', () => {
  expect(textsIn(graph, 2)).toEqual(['dinov2']);
  expect([1, 5, 11, 12].map((field) => messagesIn(graph, field).length)).toEqual([2, 1, 1, 1]);
});

test('NodeProto: an input that is left out is an empty text', () => {
  const [first, second] = messagesIn(graph, 1) as [Message, Message];
  expect(textsIn(first, 1)).toEqual(['x', '', 'layer.weight']);
  expect(textsIn(first, 2)).toEqual(['y']);
  expect([3, 4, 7].map((field) => textsIn(first, field))).toEqual([
    ['layer/Resize'],
    ['Resize'],
    ['com.microsoft'],
  ]);
  expect(textsIn(second, 7)).toEqual([]);
  expect(messagesIn(second, 5)).toEqual([]);
});

test('AttributeProto: the type says which field counts', () => {
  const [first] = messagesIn(graph, 1) as [Message];
  const attributes = messagesIn(first, 5).map((attribute) => ({
    name: only(textsIn(attribute, 1)),
    type: only(numbersIn(attribute, 20)),
    integer: numbersIn(attribute, 3),
    float: bytesIn(attribute, 2).map((bytes) => new DataView(bytes.slice().buffer).getFloat32(0, true)),
    text: textsIn(attribute, 4),
    integers: numbersIn(attribute, 8),
  }));
  const empty = { integer: [], float: [], text: [], integers: [] };
  expect(attributes).toEqual([
    { ...empty, name: 'axis', type: 2, integer: [-1] },
    { ...empty, name: 'large', type: 2, integer: [2 ** 40] },
    { ...empty, name: 'alpha', type: 1, float: [0.25] },
    { ...empty, name: 'mode', type: 3, text: ['nearest'] },
    { ...empty, name: 'perm', type: 7, integers: [0, -2, 300] },
    { ...empty, name: 'none', type: 7 },
  ]);
});

test('ValueInfoProto: lengths that grow have names', () => {
  const input = only(messagesIn(graph, 11));
  const type = only(messagesIn(only(messagesIn(input, 2)), 1));
  expect(textsIn(input, 1)).toEqual(['x']);
  expect(numbersIn(type, 1)).toEqual([2]);
  const lengths = messagesIn(only(messagesIn(type, 2)), 1);
  expect(lengths.map((length) => [...numbersIn(length, 1), ...textsIn(length, 2)])).toEqual([
    ['batch'],
    [3],
    ['2·B + 1'],
  ]);
  const scalar = only(messagesIn(only(messagesIn(only(messagesIn(graph, 12)), 2)), 1));
  expect(numbersIn(scalar, 1)).toEqual([9]);
  // a shape without lengths, which is not the same as no shape
  expect(messagesIn(scalar, 2)).toEqual([new Map()]);
});

test('TensorProto: values inside', () => {
  const tensor = only(messagesIn(graph, 5));
  expect(numbersIn(tensor, 1)).toEqual([2, 1]);
  expect(numbersIn(tensor, 2)).toEqual([1]);
  expect(textsIn(tensor, 8)).toEqual(['layer.weight']);
  expect([...new Float32Array(only(bytesIn(tensor, 9)).slice().buffer)]).toEqual([1.5, -2]);
  expect(numbersIn(tensor, 14)).toEqual([]);
});

test('TensorProto: a place in another file', () => {
  const pieces = encodeModel(MODEL, () => ({ location: 'model.onnx_data', offset: 4096 }));
  const whole = Buffer.concat(pieces.map((piece) => (piece instanceof Uint8Array ? piece : Buffer.alloc(0))));
  const tensor = only(messagesIn(only(messagesIn(fieldsOf(whole), 7)), 5));
  expect(bytesIn(tensor, 9)).toEqual([]);
  expect(numbersIn(tensor, 14)).toEqual([1]);
  const entries = messagesIn(tensor, 13).map((entry) => [...textsIn(entry, 1), ...textsIn(entry, 2)]);
  expect(entries).toEqual([
    ['location', 'model.onnx_data'],
    ['offset', '4096'],
    ['length', '8'],
  ]);
});

test('a model that is too large for memory is refused before it is read', async () => {
  const read = async () => {
    throw new Error('read');
  };
  const large: OnnxTensor = { ...WEIGHT, shape: [2 ** 29], byteLength: 2 ** 31, bytes: read };
  await expect(encodeBytes({ ...MODEL, tensors: [large] })).rejects.toThrow(/at most 2 GB in memory/);
});
