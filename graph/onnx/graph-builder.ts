/** The ONNX graph of a graph that is being lowered: names, nodes and tensors so far. */

import type { Int8Operand, NodeParts, OnnxBuilder, OnnxTarget } from '../../ops/onnx-builder.ts';
import type { Constant, GraphDtype, Operation, Value } from '../../ops/operation.ts';
import { isRounded } from '../../ops/precision.ts';
import { BATCH, type Dimension, isFixed, sameDimension, sizeAt } from '../../shapes/batch-dimension.ts';
import { dimensions } from '../../shapes/dimensions.ts';
import { elementCount } from '../../shapes/element-count.ts';
import { CONSTANT_ARRAYS } from '../ir/constant-values.ts';
import { countUses, type Graph } from '../ir/graph.ts';
import { int8Matrix, ZERO_POINT } from './int8-matrix.ts';
import { ONNX_TYPE_BYTES, ONNX_TYPES, type OnnxNode, type OnnxTensor, type OnnxType } from './onnx-model.ts';
import { transposeMatrix } from './transpose-matrix.ts';
import type { WeightType } from './weight-type.ts';

/** Builds ONNX nodes and tensors, and remembers which value of the graph each name is of. */
export class GraphBuilder implements OnnxBuilder {
  readonly target: OnnxTarget;
  readonly nodes: OnnxNode[] = [];
  readonly tensors: OnnxTensor[] = [];
  private readonly graph: Graph;
  private readonly weightType: WeightType;
  private readonly names = new Map<Value, string>();
  private readonly taken = new Set<string>();
  private readonly shared = new Map<string, string>();
  private readonly transposed = new Map<Constant, string>();
  private readonly rounded = new Map<Constant, Int8Operand>();
  private readonly uses: ReadonlyMap<Value, number>;
  private scope = '';

  constructor(graph: Graph, target: OnnxTarget, weightType: WeightType) {
    this.graph = graph;
    this.target = target;
    this.weightType = weightType;
    this.uses = countUses(graph);
    for (const input of graph.inputs) this.names.set(input, this.unique(input.name));
    for (const name of graph.outputs.keys()) this.taken.add(name);
  }

  /** Everything added until the next call is named after an operation. */
  enter(operation: Operation): void {
    const [weight = ''] = Object.values(operation.inputs).flatMap((input) =>
      input.kind === 'constant' ? (input.name ?? []) : [],
    );
    const place = weight.split('.').slice(0, -1).join('.');
    this.scope = place === '' ? operation.kernel.replace(/^Dinov2Fused/, '') : place;
  }

  /** The name of a value that is an input or has been written, or of a constant, which is added. */
  write(value: Value): string {
    const known = this.names.get(value);
    if (known !== undefined) return known;
    if (value.kind !== 'constant') throw new Error(`internal: ${value.kind} before it was written`);
    const added = this.constant(value, value.shape, value.read);
    this.names.set(value, added);
    return added;
  }

  isUsedOnce(value: Value): boolean {
    return this.uses.get(value) === 1;
  }

  /** Notes under which name a value has been written. */
  bind(value: Value, name: string): void {
    this.names.set(value, name);
  }

  node(operator: string, inputs: readonly string[], parts: NodeParts = {}): string {
    return this.nodeOf(operator, inputs, parts)[0]!;
  }

  nodeOf(operator: string, inputs: readonly string[], parts: NodeParts = {}): string[] {
    const { attributes = {}, outputs = 1, domain = '' } = parts;
    const name = this.unique(`${this.scope}/${operator}`);
    const results =
      outputs === 1 ? [name] : Array.from({ length: outputs }, (_, i) => this.unique(`${name}.${i}`));
    this.nodes.push({ name, domain, operator, inputs, outputs: results, attributes });
    return results;
  }

  /**
   * Adds a constant of the graph, or one made of it.
   *
   * @param shape of what `read` gives
   * @param read default: the constant's own values
   */
  constant(from: Constant, shape: readonly number[], read: Constant['read'] = from.read): string {
    const name = this.unique(from.name ?? `${this.scope}/constant`);
    const halved = from.dtype === 'float32' && this.weightType === 'float16' && shape.length > 1;
    if (!halved) return this.tensor(name, from.dtype, shape, async () => bytesOf(await read()));
    const half = this.tensor(this.unique(`${name}.float16`), 'float16', shape, async () => {
      const { narrow } = await import('../../bytes/narrow.ts');
      return narrow((await read()) as Float32Array, 'F16').bytes;
    });
    return this.cast(half, 'float32');
  }

  /** Adds the transpose of matrices in the last two axes; that of a constant matrix once for all that take it. */
  writeTransposed(value: Value): string {
    const rank = value.shape.length;
    if (value.kind === 'constant' && rank === 2) return this.transposedConstant(value);
    const perm = value.shape.map((_, axis) => axis);
    return this.transpose(this.write(value), [...perm.slice(0, -2), rank - 1, rank - 2]);
  }

  /** Adds a weight [N, K] in 8 bits, if weights are kept so and this one is to be rounded; once for all that take it. */
  writeInt8(weight: Value): Int8Operand | undefined {
    if (this.weightType !== 'int8' || weight.kind !== 'constant') return undefined;
    // programs of one's own name no weights
    if (weight.name !== undefined && !isRounded(weight.name)) return undefined;
    return once(this.rounded, weight, () => this.int8Constant(weight));
  }

  private int8Constant(weight: Constant): Int8Operand {
    const [N, K] = dimensions(weight.shape, 2, 'weight');
    const name = this.unique(`${weight.name ?? `${this.scope}/constant`}.int8`);
    const { bytes, scales, products } = int8Matrix(weight);
    const vector = (last: string, read: () => Promise<Float32Array>): string =>
      this.tensor(this.unique(`${name}.${last}`), 'float32', [N], async () => bytesOf(await read()));
    return {
      bytes: this.tensor(name, 'uint8', [K, N], bytes),
      zeroPoint: ZERO_POINT,
      scales: vector('scale', scales),
      products: (of) => vector('products', () => products(of)),
    };
  }

  byte(value: number): string {
    return this.sharedTensor(`uint8 ${value}`, 'uint8', [], () => Uint8Array.of(value));
  }

  /** Adds a tensor of whole numbers, such as a shape or a list of axes; equal ones are one. */
  integers(values: readonly number[], shape: readonly number[] = [values.length]): string {
    return this.sharedTensor(`int64 ${shape} ${values}`, 'int64', shape, () => {
      return new Uint8Array(BigInt64Array.from(values, BigInt).buffer);
    });
  }

  /** Adds a scalar, as TF.js would keep it in a tensor of this dtype; equal ones are one. */
  scalar(value: number, dtype: GraphDtype = 'float32'): string {
    const kept = dtype === 'float32' ? value : dtype === 'int32' ? wholeNumber(value) : Number(value !== 0);
    const make = CONSTANT_ARRAYS[dtype];
    return this.sharedTensor(`${dtype} ${kept}`, dtype, [], () => bytesOf(make.of(kept)));
  }

  cast(name: string, type: OnnxType): string {
    return this.node('Cast', [name], { attributes: { to: ONNX_TYPES[type] } });
  }

  lengths(shape: readonly Dimension[]): string {
    if (shape.every(isFixed)) return this.integers(shape);
    const parts = shape.map((length) => (isFixed(length) ? this.integers([length]) : this.length(length)));
    return parts.length === 1 ? parts[0]! : this.node('Concat', parts, { attributes: { axis: 0 } });
  }

  /** The lengths that a reshaping takes: one may be left to be worked out. */
  private reshapeLengths(shape: readonly Dimension[]): string {
    const open = shape.filter((length) => !isFixed(length));
    if (open.length !== 1) return this.lengths(shape);
    return this.integers(shape.map((length) => (isFixed(length) ? length : -1)));
  }

  reshape(x: string, shape: readonly Dimension[]): string {
    const isEmpty = shape.includes(0);
    // a length of 0 would mean that of the input otherwise
    const attributes = isEmpty ? { allowzero: 1 } : {};
    const lengths = isEmpty ? this.lengths(shape) : this.reshapeLengths(shape);
    return this.node('Reshape', [x, lengths], { attributes });
  }

  transpose(x: string, perm: readonly number[]): string {
    return this.node('Transpose', [x], { attributes: { perm } });
  }

  private transposedConstant(matrix: Constant): string {
    const [rows, columns] = dimensions(matrix.shape, 2, 'matrix');
    const read = async () => transposeMatrix(await matrix.read(), rows, columns);
    return once(this.transposed, matrix, () => this.constant(matrix, [columns, rows], read));
  }

  private length(dimension: Dimension): string {
    const isBatch = sameDimension(dimension, BATCH);
    return once(this.shared, `length ${JSON.stringify(dimension)}`, () =>
      isBatch ? this.batch() : this.grown(dimension),
    );
  }

  private grown(dimension: Dimension): string {
    const plus = sizeAt(dimension, 0);
    const times = sizeAt(dimension, 1) - plus;
    const product = this.node('Mul', [this.length(BATCH), this.integers([times])]);
    return this.node('Add', [product, this.integers([plus])]);
  }

  /** The size of the batch, [1], from an input that has it, or from which it can be worked out. */
  private batch(): string {
    const places = this.graph.inputs.flatMap((input) =>
      input.shape.flatMap((length, axis) => (isFixed(length) ? [] : { input, axis, length })),
    );
    const place = places.find(({ length }) => sameDimension(length, BATCH)) ?? places[0];
    if (place === undefined) throw new Error('internal: a free batch and no input that has it');
    const { input, axis, length } = place;
    const size = this.node('Shape', [this.write(input)], { attributes: { start: axis, end: axis + 1 } });
    if (sameDimension(length, BATCH)) return size;
    const rest = this.node('Sub', [size, this.integers([length.plus])]);
    return this.node('Div', [rest, this.integers([length.perBatch])]);
  }

  private sharedTensor(
    key: string,
    type: OnnxType,
    shape: readonly number[],
    make: () => Uint8Array,
  ): string {
    return once(this.shared, key, () =>
      this.tensor(this.unique(key.replaceAll(/[ ,]+/g, '_')), type, shape, async () => make()),
    );
  }

  private tensor(name: string, type: OnnxType, shape: readonly number[], bytes: OnnxTensor['bytes']): string {
    const byteLength = elementCount(shape) * ONNX_TYPE_BYTES[type];
    this.tensors.push({ name, type, shape, byteLength, bytes });
    return name;
  }

  private unique(wanted: string): string {
    let name = wanted;
    for (let i = 1; this.taken.has(name); i++) name = `${wanted}_${i}`;
    this.taken.add(name);
    return name;
  }
}

/** What a map has for a key; it is added the first time. */
function once<Key, Added>(known: Map<Key, Added>, key: Key, add: () => Added): Added {
  const added = known.get(key) ?? add();
  known.set(key, added);
  return added;
}

function wholeNumber(value: number): number {
  return Math.trunc(Math.min(Math.max(value, -(2 ** 31)), 2 ** 31 - 1));
}

function bytesOf(values: ArrayBufferView): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
