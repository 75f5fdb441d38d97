/** The backend `simd`: tensors in WebAssembly memory, kernels in 128-bit vectors on several threads. */
import { MathBackendCPU } from '@tensorflow/tfjs-backend-cpu';
import {
  type backend_util,
  type DataId,
  type DataType,
  engine,
  type TensorInfo,
  util,
} from '@tensorflow/tfjs-core';
import { DeviceError } from '../../errors/errors.ts';
import type { LinearWeightBackend } from '../../ops/linear-weight.ts';
import type { Precision } from '../../ops/precision.ts';
import type { WeightRows } from '../../ops/weight-rows.ts';
import { Int8Weight } from './int8-weight.ts';
import { Job } from './job.ts';
import { UNPACK_WEIGHT } from './job-kinds.ts';
import { packInt8 } from './pack-int8.ts';
import { packWeight } from './pack-weight.ts';
import { PackedWeight } from './packed-weight.ts';
import type { Runtime } from './runtime/runtime.ts';
import * as slots from './slots/unpack-weight.ts';
import { ResidentValues, StoredElsewhere } from './storage.ts';
import { TensorIndex } from './tensor-index.ts';

const UNPACK_WEIGHT_JOB = new Job(UNPACK_WEIGHT, slots);

/**
 * Beyond this much memory weights stay outside and are brought in when they are used: one memory has 4 GiB, and
 * images need room too.
 */
const WEIGHTS_INSIDE = 3 * 2 ** 30;

/** How the backend keeps weights, and what it does itself. */
export interface BackendOptions {
  /** keep float16 and bfloat16 weights in 16 bits, widened as they are used: half the memory, a little slower */
  halfWeights?: boolean | undefined;
  /** bytes of memory up to which weights are kept inside */
  weightsInside?: number | undefined;
  /** run this backend's kernels, on all threads, for the smallest tensors too: slower, but every kernel is tested */
  everySize?: boolean | undefined;
}

/**
 * TF.js's CPU backend with a second kind of storage.
 *
 * A tensor may be a plain array, as it comes from the user or from a CPU kernel, or live in the WebAssembly memory, as
 * our kernels leave it. Each side reads the other's: a kernel of ours moves an array into the memory at its first
 * use, a CPU kernel gets a view of the memory. So every TF.js program runs, and only what is hot needs a kernel here.
 */
export class SimdBackend extends MathBackendCPU implements LinearWeightBackend {
  declare data: TensorIndex;
  readonly runtime: Runtime;
  readonly everySize: boolean;
  /** how weights are kept that are written from now on, see `BackendOptions` */
  halfWeights: boolean;
  private readonly weightsInside: number;

  constructor(
    runtime: Runtime,
    { halfWeights = false, weightsInside = WEIGHTS_INSIDE, everySize = false }: BackendOptions = {},
  ) {
    super();
    this.runtime = runtime;
    this.everySize = everySize;
    this.halfWeights = halfWeights;
    this.weightsInside = weightsInside;
    this.data = new TensorIndex(this, engine());
  }

  /**
   * The address of a tensor's values, which are moved into the memory if they are not there yet.
   *
   * @param info float32
   */
  resident(info: TensorInfo): number {
    const stored = this.data.get(info.dataId);
    if (stored instanceof ResidentValues) return stored.address;
    const values = this.values(info);
    const address = this.runtime.heap.allocateValues(values);
    // a packed weight that is used as a plain matrix is one from here on
    if (stored instanceof StoredElsewhere) stored.free();
    this.runtime.heap.keep(address);
    this.data.set(
      info.dataId,
      new ResidentValues(this.runtime.heap, address, values.length, stored.refCount),
    );
    return address;
  }

  /**
   * A tensor's values, row-major; valid until the next allocation.
   *
   * @param info float32
   */
  values(info: TensorInfo): Float32Array {
    return this.data.get(info.dataId).values as Float32Array;
  }

  /** A new float32 tensor in the memory, its values not yet written. */
  makeResident(shape: number[]): { info: TensorInfo; address: number } {
    const size = util.sizeFromShape(shape);
    const address = this.runtime.heap.allocate(size * 4);
    const dataId = this.data.add(new ResidentValues(this.runtime.heap, address, size, 1));
    return { info: { dataId, shape, dtype: 'float32' }, address };
  }

  /** A weight that `writeLinearWeight` packed, not in 8 bits; undefined if the tensor is not one. */
  packed(info: TensorInfo): PackedWeight | undefined {
    const stored = this.data.get(info.dataId);
    return stored instanceof PackedWeight ? stored : undefined;
  }

  /** A weight that `writeLinearWeight` packed in 8 bits; undefined if the tensor is not one. */
  int8(info: TensorInfo): Int8Weight | undefined {
    const stored = this.data.get(info.dataId);
    return stored instanceof Int8Weight ? stored : undefined;
  }

  writeLinearWeight(
    parts: readonly WeightRows[],
    shape: readonly [number, number],
    precision: Precision,
  ): DataId {
    // a model is on its way: the workers come up while it is read
    this.runtime.team?.enlist();
    const { runtime, halfWeights, weightsInside } = this;
    const pack = (): PackedWeight | Int8Weight =>
      precision === 'i8'
        ? packInt8(runtime, parts, shape, weightsInside)
        : packWeight(runtime, parts, shape, { precision, halfWeights, weightsInside });
    return this.data.add(runtime.heap.attempt(pack));
  }

  bytesOfWeight(dataId: DataId): number | undefined {
    const stored = this.data.get(dataId);
    return stored instanceof StoredElsewhere ? stored.byteLength : undefined;
  }

  /**
   * A tensor's values row-major in the memory, without changing how it is stored.
   *
   * @returns the address, and what gives it back
   */
  rowMajor(info: TensorInfo): { address: number; release: () => void } {
    const weight = this.packed(info) ?? this.int8(info);
    if (weight === undefined) return { address: this.resident(info), release: () => undefined };
    const address = this.unpacked(weight);
    return { address, release: () => this.runtime.heap.release(address) };
  }

  private unpacked(weight: PackedWeight | Int8Weight): number {
    const { heap } = this.runtime;
    const { inputs, outputs } = weight;
    const panels = weight.panels.address;
    const isFloats = weight instanceof PackedWeight && weight.format === 'F32';
    if (!isFloats || panels === undefined) return heap.allocateValues(weight.values);
    const rows = heap.allocate(outputs * inputs * 4);
    this.runtime.run(UNPACK_WEIGHT_JOB, { panels, K: inputs, N: outputs, rows }, true);
    return rows;
  }

  /**
   * As the CPU backend, except that a view of the memory is copied: a CPU kernel may hand on a part of its input,
   * which is gone when that input is.
   */
  override write(values: backend_util.BackendValues, _shape: number[], dtype: DataType): DataId {
    return this.data.add({ values: this.ownValues(values), dtype, refCount: 1 });
  }

  override move(
    dataId: DataId,
    values: backend_util.BackendValues,
    shape: number[],
    dtype: DataType,
    refCount: number,
  ): void {
    super.move(dataId, this.ownValues(values), shape, dtype, refCount);
  }

  private ownValues(values: backend_util.BackendValues): backend_util.BackendValues {
    // a view never lies at the memory's start; asked for its buffer, a small array would have to move off V8's heap
    if (!ArrayBuffer.isView(values) || values.byteOffset === 0) return values;
    return values.buffer === this.runtime.heap.floats.buffer ? values.slice() : values;
  }

  override readSync(dataId: DataId): backend_util.BackendValues {
    const stored = this.data.get(dataId);
    return stored instanceof ResidentValues ? stored.copy() : super.readSync(dataId);
  }

  override async read(dataId: DataId): Promise<backend_util.BackendValues> {
    return this.readSync(dataId);
  }

  override disposeData(dataId: DataId, force = false): boolean {
    if (!this.data.has(dataId)) return true;
    const stored = this.data.get(dataId);
    stored.refCount -= 1;
    if (stored.refCount > 0 && !force) return false;
    if (stored instanceof StoredElsewhere) stored.free();
    else if (stored.complexTensorInfos != null) {
      this.disposeData(stored.complexTensorInfos.real.dataId, true);
      this.disposeData(stored.complexTensorInfos.imag.dataId, true);
    }
    this.data.delete(dataId);
    return true;
  }

  /** `memory()` of TF.js says with it how large the WebAssembly memory is: it grows, and never shrinks. */
  override memory(): { unreliable: boolean; reasons: string[]; heapBytes: number } {
    return { unreliable: false, reasons: [], heapBytes: this.runtime.heap.bytes.byteLength };
  }

  /** Lets the workers go, and all tensors; TF.js may make another backend on the same runtime. */
  override dispose(): void {
    this.runtime.dispose();
    this.data = new TensorIndex(this, { moveData: refuseToMove });
    super.dispose();
  }
}

function refuseToMove(): never {
  throw new DeviceError(
    'simd: expected a tensor of the running backend, got one of a backend that TF.js has disposed of',
  );
}
