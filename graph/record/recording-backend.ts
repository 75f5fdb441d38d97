/** The backend of TF.js that writes operations down instead of computing them. */
import {
  type backend_util,
  type DataId,
  type DataType,
  engine,
  KernelBackend,
  keep,
  type NamedTensorInfoMap,
  type Tensor,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { TraceError } from '../../errors/errors.ts';
import type { Constant, ConstantValues, GraphDtype, Value } from '../../ops/operation.ts';
import { showShape } from '../../shapes/batch-dimension.ts';
import { constantValues } from '../ir/constant-values.ts';
import { type BorrowedConstants, ConstantsByView } from './borrowed-constants.ts';
import { callerOutside } from './caller.ts';
import { graphDtype } from './graph-dtype.ts';

/** The name that TF.js knows it by. */
export const RECORDING_BACKEND = 'dinov2-trace';

/**
 * Stands before the backend that was current when the recording began.
 *
 * What depends on an input of the program has no values, only a `Value` of the graph. Everything else, weights and what
 * is computed of weights alone, belongs to the backend behind, which computes it at once: what the program does with
 * known values is no part of the graph, and what it keeps of them, such as a cache of positions, stays usable.
 */
export class RecordingBackend extends KernelBackend {
  /** the backend that known values belong to */
  readonly behind: KernelBackend;
  /** its name */
  readonly behindName: string;
  private readonly borrowed: BorrowedConstants;
  private readonly traced = new WeakMap<DataId, Value>();
  private readonly symbols: Tensor[] = [];
  private readonly copied = new ConstantsByView();
  /** what came to be during the recording, and may be gone after it */
  private readonly made = new WeakSet<DataId>();

  /** @param borrowed the constants that are tensors from outside the program */
  constructor(behind: KernelBackend, behindName: string, borrowed: BorrowedConstants) {
    super();
    this.behind = behind;
    this.behindName = behindName;
    this.borrowed = borrowed;
  }

  /** Whether a tensor depends on an input. */
  isTraced(dataId: DataId): boolean {
    return this.traced.has(dataId);
  }

  /** The graph's value of any tensor; one that depends on no input is a constant. */
  operand(info: TensorInfo): Value {
    return this.traced.get(info.dataId) ?? this.constantOf(info);
  }

  /** A tensor that stands for a value of the graph. */
  stand(value: Value): Tensor {
    const dataId = {};
    this.traced.set(dataId, value);
    const info = { dataId, shape: value.shape.map(Number), dtype: value.dtype };
    const symbol = engine().makeTensorFromTensorInfo(info, this);
    this.symbols.push(symbol);
    return symbol;
  }

  /** Frees what the program has kept of tensors that have no values. */
  disposeSymbols(): void {
    for (const symbol of this.symbols) symbol.dispose();
  }

  /**
   * The tensor of a result that the backend behind has computed.
   *
   * @param inputs what it was computed of; a result may share the data of one of them
   */
  adopt(info: TensorInfo, inputs: NamedTensorInfoMap): Tensor {
    const shared = Object.values(inputs).some((input) => input?.dataId === info.dataId);
    if (!shared) this.made.add(info.dataId);
    return engine().makeTensorFromTensorInfo(info, this.behind);
  }

  /** Notes that a tensor came to be during the recording. */
  own({ dataId }: Tensor): void {
    this.made.add(dataId);
  }

  override write(values: backend_util.BackendValues, shape: number[], dtype: DataType): DataId {
    const dataId = this.behind.write(values, shape, dtype);
    this.made.add(dataId);
    return dataId;
  }

  override readSync(dataId: DataId): backend_util.BackendValues {
    this.requireKnown(dataId);
    return this.behind.readSync(dataId);
  }

  override async read(dataId: DataId): Promise<backend_util.BackendValues> {
    this.requireKnown(dataId);
    return this.behind.read(dataId);
  }

  override disposeData(dataId: DataId, force?: boolean): boolean {
    return this.traced.has(dataId) ? true : this.behind.disposeData(dataId, force);
  }

  override incRef(dataId: DataId): void {
    if (!this.traced.has(dataId)) this.behind.incRef(dataId);
  }

  override refCount(dataId: DataId): number {
    return this.traced.has(dataId) ? 1 : this.behind.refCount(dataId);
  }

  override move(
    dataId: DataId,
    values: backend_util.BackendValues,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    this.behind.move(dataId, values, shape, dtype, refCount);
  }

  override numDataIds(): number {
    return this.behind.numDataIds();
  }

  override memory(): { unreliable: boolean; reasons?: string[] } {
    return this.behind.memory();
  }

  override floatPrecision(): 16 | 32 {
    return this.behind.floatPrecision();
  }

  override epsilon(): number {
    return this.behind.epsilon();
  }

  override timerAvailable(): boolean {
    return false;
  }

  /** The backend behind goes on without it. */
  override dispose(): void {}

  private requireKnown(dataId: DataId): void {
    const value = this.traced.get(dataId);
    if (value === undefined) return;
    const maker = value.kind === 'operation' ? `what ${value.kernel} gave` : 'an input';
    throw new TraceError(
      `trace: expected a program that reads no values of what depends on its inputs, got one that reads ${maker}, ${value.dtype} ${showShape(value.shape)}${callerOutside()}; compute with tensors alone, or read after the traced part`,
    );
  }

  private constantOf(info: TensorInfo): Constant {
    if (!this.made.has(info.dataId) && !this.borrowed.isFleeting(info)) return this.borrowed.of(info);
    return this.copied.of(info, () => {
      const dtype = graphDtype(info.dtype);
      const values = this.copy(info, dtype);
      // an error is of interest to those who read
      values.catch(() => undefined);
      return { kind: 'constant', shape: info.shape, dtype, read: () => values };
    });
  }

  /** Held while it is read, as a GPU takes its time, and the program may be done with it at once. */
  private async copy(info: TensorInfo, dtype: GraphDtype): Promise<ConstantValues> {
    this.behind.incRef(info.dataId);
    const held = keep(engine().makeTensorFromTensorInfo(info, this.behind));
    try {
      return constantValues(await this.behind.read(info.dataId), dtype).slice();
    } finally {
      held.dispose();
    }
  }
}
