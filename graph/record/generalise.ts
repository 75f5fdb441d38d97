/** Two recordings of one program with batches of two sizes, made into a graph for every batch. */
import { TraceError } from '../../errors/errors.ts';
import type {
  Attribute,
  Attributes,
  Constant,
  ConstantValues,
  Input,
  Operation,
  Value,
} from '../../ops/operation.ts';
import { type Dimension, dimensionThrough, isFixed, showShape } from '../../shapes/batch-dimension.ts';
import { elementCount } from '../../shapes/element-count.ts';
import { attributeKey } from '../ir/attribute-key.ts';
import { type Graph, valuesOf } from '../ir/graph.ts';
import { tile } from '../kernels/structure.ts';

/** A recording, and the batch it was made with. */
export interface Recording {
  readonly batch: number;
  readonly graph: Graph;
}

/** Attributes that hold lengths, which may grow with the batch; all others must be the same. */
const LENGTHS: ReadonlySet<string> = new Set(['shape', 'begin', 'size', 'reps']);

const REMEDY = 'trace with a fixed batch instead';

/**
 * The graph of which both recordings are instances.
 *
 * Every length that differs grows in proportion to the batch. A constant that is longer for a larger batch repeats one
 * slice, and becomes a tiling of it.
 *
 * @throws TraceError if the program does something else for another batch
 */
export async function generalise(first: Recording, second: Recording): Promise<Graph> {
  return new Generalisation(first, second).graph();
}

class Generalisation {
  private readonly first: Recording;
  private readonly second: Recording;
  private readonly done = new Map<Value, Value>();
  /** what stands in the second recording where a value stands in the first */
  private readonly partners = new Map<Value, Value>();

  constructor(first: Recording, second: Recording) {
    this.first = first;
    this.second = second;
  }

  async graph(): Promise<Graph> {
    const inputs = this.first.graph.inputs.map((input, i): Input => {
      const other = this.second.graph.inputs[i];
      if (other === undefined) throw new Error('internal: recordings of other inputs');
      const result = { ...input, shape: this.shape(input, other) };
      this.done.set(input, result);
      this.partners.set(input, other);
      return result;
    });
    // the second recording is read along with the first, so that neither is walked by recursion
    const { partners } = this;
    for (const [name, value] of this.first.graph.outputs) {
      this.pair(value, this.second.graph.outputs.get(name), `the output ${name}`);
    }
    for (const name of this.second.graph.outputs.keys()) {
      if (!this.first.graph.outputs.has(name)) throw this.lacks(`the output ${name}`);
    }
    for (const value of valuesOf(this.first.graph).reverse()) {
      if (value.kind !== 'operation') continue;
      const other = partners.get(value);
      if (other?.kind !== 'operation' || other.kernel !== value.kernel) throw this.differs(value, other);
      for (const [name, input] of Object.entries(value.inputs)) {
        this.pair(input, other.inputs[name], `${name} of ${value.kernel}`);
      }
    }
    for (const value of valuesOf(this.first.graph)) {
      if (this.done.has(value)) continue;
      this.done.set(value, await this.merged(value, partners.get(value)));
    }
    const outputs = [...this.first.graph.outputs].map(([name, value]) => [name, this.result(value)] as const);
    return { inputs, outputs: new Map(outputs) };
  }

  private pair(value: Value, partner: Value | undefined, what: string): void {
    if (partner === undefined) throw this.lacks(what);
    if ((this.partners.get(value) ?? partner) !== partner) throw this.differs(value, partner);
    this.partners.set(value, partner);
  }

  private lacks(what: string): TraceError {
    return new TraceError(
      `trace: expected the same program for a batch of ${this.first.batch} and of ${this.second.batch}, got one without ${what} for one of them; ${REMEDY}`,
    );
  }

  private result(value: Value): Value {
    const found = this.done.get(value);
    if (found === undefined) throw new Error('internal: a value before its inputs');
    return found;
  }

  private async merged(value: Value, other: Value | undefined): Promise<Value> {
    if (value.kind === 'constant' && other?.kind === 'constant') return this.constant(value, other);
    if (value.kind !== 'operation' || other?.kind !== 'operation') throw this.differs(value, other);
    const inputs = Object.entries(value.inputs).map(([name, input]) => [name, this.result(input)] as const);
    return {
      ...value,
      shape: this.shape(value, other),
      inputs: Object.fromEntries(inputs),
      attributes: this.attributes(value, other),
    };
  }

  private differs(value: Value, other: Value | undefined): TraceError {
    const show = (one: Value | undefined): string =>
      one === undefined
        ? 'nothing'
        : `${one.kind === 'operation' ? one.kernel : one.kind} ${showShape(one.shape)}`;
    return new TraceError(
      `trace: expected the same program for a batch of ${this.first.batch} and of ${this.second.batch}, got ${show(value)} for one and ${show(other)} for the other; ${REMEDY}`,
    );
  }

  private length(a: number, b: number, value: Value, other: Value): Dimension {
    const found = dimensionThrough([this.first.batch, a], [this.second.batch, b]);
    if (found === undefined) throw this.differs(value, other);
    return found;
  }

  private shape(value: Value, other: Value): Dimension[] {
    if (value.shape.length !== other.shape.length || value.dtype !== other.dtype)
      throw this.differs(value, other);
    return value.shape.map((length, i) => this.length(Number(length), Number(other.shape[i]), value, other));
  }

  private attributes(value: Operation, other: Operation): Attributes {
    const entries = Object.entries(value.attributes).map(([name, attribute]) => {
      const theirs = other.attributes[name];
      if (attributeKey(attribute) === attributeKey(theirs)) return [name, attribute] as const;
      if (!LENGTHS.has(name) || !areNumbers(attribute) || !areNumbers(theirs))
        throw this.differs(value, other);
      const lengths = attribute.map((a, i) => this.length(a, theirs[i] ?? Number.NaN, value, other));
      return [name, lengths] as const;
    });
    return Object.fromEntries(entries);
  }

  private async constant(value: Constant, other: Constant): Promise<Value> {
    if (value === other) return value;
    const shape = this.shape(value, other);
    const axis = shape.findIndex((length) => !isFixed(length));
    const [mine, theirs] = [await value.read(), await other.read()];
    if (axis < 0) {
      if (sameValues(mine, theirs)) return value;
      throw new TraceError(
        `trace: expected values that don't depend on the size of the batch, got a constant ${showShape(shape)} that does; ${REMEDY}`,
      );
    }
    const slice = repeatedSlice(mine, value.shape, axis);
    const theirSlice = repeatedSlice(theirs, other.shape, axis);
    const [length] = shape.slice(axis, axis + 1);
    const proportional = length !== undefined && !isFixed(length) && length.plus === 0;
    if (!proportional || slice === undefined || theirSlice === undefined || !sameValues(slice, theirSlice)) {
      throw new TraceError(
        `trace: expected constants with one slice for all images of a batch, got ${showShape(shape)} with several; ${REMEDY}`,
      );
    }
    const once = value.shape.map((each, i) => (i === axis ? 1 : each));
    const single: Constant = { ...value, shape: once, read: async () => slice };
    const reps = shape.map((each, i) => (i === axis ? each : 1));
    return tile(single, reps);
  }
}

function areNumbers(attribute: Attribute | undefined): attribute is readonly number[] {
  return Array.isArray(attribute) && attribute.every((entry) => typeof entry === 'number');
}

function sameValues(a: ConstantValues, b: ConstantValues): boolean {
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}

/** The slice that a constant has over and over along an axis; undefined if its slices differ. */
function repeatedSlice(
  values: ConstantValues,
  shape: readonly number[],
  axis: number,
): ConstantValues | undefined {
  const times = shape[axis]!;
  const inner = elementCount(shape.slice(axis + 1));
  const outer = elementCount(shape.slice(0, axis));
  const slice = values.slice(0, outer * inner);
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const first = values[o * times * inner + i]!;
      for (let t = 1; t < times; t++) {
        if (!Object.is(values[(o * times + t) * inner + i], first)) return undefined;
      }
      slice[o * inner + i] = first;
    }
  }
  return slice;
}
