/** The weights of a checkpoint as layers read them: whether all are there, and their values. */
import { type Rank, type ShapeMap, type Tensor, type Tensor2D, tensor } from '@tensorflow/tfjs-core';
import { type MismatchedTensor, WeightsError } from '../../errors/errors.ts';
import type { WeightReader } from '../../layers/weight-reader.ts';
import { copiesRows, linearWeight } from '../../ops/linear-weight.ts';
import type { Precision } from '../../ops/precision.ts';
import { joinRows, type WeightRows } from '../../ops/weight-rows.ts';
import { elementCount } from '../../shapes/element-count.ts';
import { readScales } from '../../weights/int8-weight.ts';
import { ignoreRemedy } from '../../weights/key-schemes/ignore-names.ts';
import type { MappedParameter } from '../../weights/key-schemes/key-scheme.ts';
import type { MappedCheckpoint } from '../../weights/key-schemes/map-checkpoint.ts';
import type { ReadAhead } from '../../weights/read-ahead.ts';
import { widen } from '../../weights/widen.ts';
import type { TensorShapes } from '../heads/head.ts';
import type { FamilyFiles } from './family-files.ts';
import { precisionOf } from './precision.ts';

/** The file's tensors in the order in which layers ask for the weights. */
export function readingOrder(asked: Iterable<string>, { parameters }: MappedCheckpoint): string[] {
  return [...asked].flatMap((name) =>
    (parameters.get(name)?.parts ?? []).flatMap((part) => {
      if ('zeros' in part) return [];
      return part.scales === undefined ? [part.tensor.name] : [part.tensor.name, part.scales.name];
    }),
  );
}

/**
 * Compares what a model asks for with what the checkpoint has, before the first byte is read.
 *
 * @param asked the weights by our names, as `WeightOutlines` notes them
 * @param mayIgnore names of weights the model has no use for
 * @throws WeightsError listing everything that is missing, unexpected or misshapen
 */
export function requireWeights(
  asked: TensorShapes,
  mapped: MappedCheckpoint,
  { remedy }: Pick<FamilyFiles, 'remedy'>,
  mayIgnore: (name: string) => boolean,
): void {
  const { parameters } = mapped;
  const missing = [...asked.keys()].filter((name) => !parameters.has(name));
  const mismatched = [...asked].flatMap(([name, { shape }]): MismatchedTensor[] => {
    const actual = parameters.get(name)?.shape;
    return actual === undefined || String(actual) === String(shape)
      ? []
      : [{ name, expected: [...shape], actual }];
  });
  const unasked = [...parameters.keys()].filter((name) => !asked.has(name) && !mayIgnore(name));
  const unexpected = [...unasked, ...mapped.unexpected];
  const misshapen = mismatched.map(({ name }) => name);
  const isKnown = missing.length + misshapen.length + unasked.length === 0;
  if (isKnown && unexpected.length === 0) return;
  const what = isKnown
    ? ignoreRemedy(mapped.unexpected, mapped.prefix, mapped.family.ofNetwork)
    : remedy({ missing, misshapen, unexpected: unasked }, mapped);
  throw new WeightsError(mapped.checkpoint.where, { missing, mismatched, unexpected }, what);
}

/** How the values are read. */
export interface CheckpointWeightsOptions {
  /** of the weights that `precisionOf` says; undefined: as the file has them */
  precision: Precision | undefined;
  /** called after each tensor */
  onRead: () => void;
}

/** Reads the values, tensor by tensor. */
export class CheckpointWeights implements WeightReader {
  /** every tensor made so far, by our full name */
  readonly parameters: Map<string, Tensor>;
  private readonly source: ReadAhead;
  private readonly mapped: MappedCheckpoint;
  private readonly options: CheckpointWeightsOptions;
  private readonly prefix: string;

  constructor(
    source: ReadAhead,
    mapped: MappedCheckpoint,
    options: CheckpointWeightsOptions,
    prefix = '',
    parameters = new Map<string, Tensor>(),
  ) {
    this.source = source;
    this.mapped = mapped;
    this.options = options;
    this.prefix = prefix;
    this.parameters = parameters;
  }

  scope(prefix: string): CheckpointWeights {
    const full = `${this.prefix}${prefix}.`;
    return new CheckpointWeights(this.source, this.mapped, this.options, full, this.parameters);
  }

  async read<R extends Rank>(name: string, shape: ShapeMap[R]): Promise<Tensor<R>> {
    const values = joinRows(await this.rowsOf(name), elementCount(shape));
    return this.keep(name, tensor<R>(values, shape));
  }

  async readLinear(name: string, [outputs, ...rest]: readonly [number, ...number[]]): Promise<Tensor2D> {
    const rows = await this.rowsOf(name);
    const precision = precisionOf(this.prefix + name, this.options.precision);
    const weight = linearWeight(rows, [outputs, elementCount(rest)], precision);
    if (copiesRows()) for (const { bytes } of rows) this.source.recycle(bytes);
    return this.keep(name, weight);
  }

  private keep<T extends Tensor>(name: string, made: T): T {
    this.parameters.set(this.prefix + name, made);
    this.options.onRead();
    return made;
  }

  private async rowsOf(name: string): Promise<WeightRows[]> {
    const mapped = this.mapped.parameters.get(this.prefix + name);
    if (mapped === undefined) throw new Error(`internal: ${this.prefix}${name} was not checked`);
    const rows: WeightRows[] = [];
    for (const part of mapped.parts) rows.push(await this.rowsOfPart(part));
    return rows;
  }

  private async rowsOfPart(part: MappedParameter['parts'][number]): Promise<WeightRows> {
    if ('zeros' in part) return { bytes: new Uint8Array(part.zeros * 4), dtype: 'F32', rows: 1 };
    const { name, dtype, shape } = part.tensor;
    const bytes = await this.source.read(name);
    const rows = shape[0] ?? 1;
    if (part.scales !== undefined) {
      const { where } = this.mapped.checkpoint;
      const scales = readScales(await this.source.read(part.scales.name), part.scales, where);
      return { bytes, dtype: 'I8', rows, scales };
    }
    if (dtype === 'F32' || dtype === 'F16' || dtype === 'BF16') return { bytes, dtype, rows };
    const values = widen(bytes, dtype);
    return { bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength), dtype: 'F32', rows };
  }
}
