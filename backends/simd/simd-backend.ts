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
import type { LinearWeightBackend, WeightDtype, WeightRows } from '../../ops/linear-weight.ts';
import { FORMAT_BF16, FORMAT_F16, FORMAT_F32, PACK_WEIGHT, UNPACK_WEIGHT } from './job-kinds.ts';
import type { Runtime } from './runtime/runtime.ts';
import { bytesOf, PackedWeight, type PanelStore, panelBytes, ResidentValues } from './storage.ts';
import { TensorIndex } from './tensor-index.ts';

/** The number of a weight's format in the kernels. */
export const FORMATS: Record<WeightDtype, number> = { F32: FORMAT_F32, F16: FORMAT_F16, BF16: FORMAT_BF16 };

/** Bytes of a checkpoint that are brought into the memory at a time. */
const PACK_CHUNK = 4 * 2 ** 20;

/**
 * Beyond this much memory weights stay outside and are brought in when they are used: one memory has 4 GiB, and
 * pictures need room too.
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
    if (stored instanceof PackedWeight) stored.free();
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

  /** A weight that `writeLinearWeight` packed; undefined if the tensor is not one. */
  packed(info: TensorInfo): PackedWeight | undefined {
    const stored = this.data.get(info.dataId);
    return stored instanceof PackedWeight ? stored : undefined;
  }

  writeLinearWeight(parts: readonly WeightRows[], [outputs, inputs]: readonly [number, number]): DataId {
    // a model is on its way: the workers come up while it is read
    this.runtime.team?.enlist();
    return this.data.add(this.runtime.heap.attempt(() => this.packWeight(parts, outputs, inputs)));
  }

  private packWeight(parts: readonly WeightRows[], outputs: number, inputs: number): PackedWeight {
    const { heap } = this.runtime;
    const [first] = parts;
    const alike = first !== undefined && parts.every((part) => part.dtype === first.dtype);
    const format = this.halfWeights && alike ? first.dtype : 'F32';
    const panel = panelBytes(format, inputs);
    const panels = Math.ceil(outputs / 8);
    const inside = heap.bytesInUse + panels * panel <= this.weightsInside;
    const store: PanelStore = inside
      ? { address: heap.allocate(panels * panel) }
      : { outside: new Uint8Array(panels * panel) };
    const weight = new PackedWeight(heap, store, format, outputs, inputs);
    const rows = Math.max(8, Math.floor(PACK_CHUNK / (inputs * 4) / 8) * 8);
    for (let start = 0; start < outputs; start += rows) {
      const count = Math.min(rows, outputs - start);
      this.packRows(parts, start, count, weight);
    }
    return weight;
  }

  /** Packs rows `start` to `start + count` of the parts; `start` is a multiple of 8. */
  private packRows(parts: readonly WeightRows[], start: number, count: number, weight: PackedWeight): void {
    const { heap } = this.runtime;
    const { inputs, format, store, panelBytes: panel } = weight;
    const bytes = Math.ceil(count / 8) * panel;
    const offset = (start / 8) * panel;
    const target = 'address' in store ? store.address + offset : heap.allocate(bytes);
    if (count % 8 !== 0) heap.bytes.fill(0, target + bytes - panel, target + bytes);
    let before = 0;
    for (const part of parts) {
      const from = Math.max(start, before);
      const to = Math.min(start + count, before + part.rows);
      if (from < to) {
        const size = inputs * bytesOf(part.dtype);
        const source = heap.allocate((to - from) * size);
        heap.bytes.set(part.bytes.subarray((from - before) * size, (to - before) * size), source);
        const parameters = [
          source,
          inputs,
          from - start,
          to - from,
          target,
          FORMATS[part.dtype],
          FORMATS[format],
        ];
        this.runtime.run(PACK_WEIGHT, parameters, [], false);
        heap.release(source);
      }
      before += part.rows;
    }
    if ('outside' in store) {
      store.outside.set(heap.bytes.subarray(target, target + bytes), offset);
      heap.release(target);
    }
  }

  /**
   * A tensor's values row-major in the memory, without changing how it is stored.
   *
   * @returns the address, and what gives it back
   */
  rowMajor(info: TensorInfo): { address: number; release: () => void } {
    const weight = this.packed(info);
    if (weight === undefined) return { address: this.resident(info), release: () => undefined };
    const { heap } = this.runtime;
    const { inputs, outputs, store, format } = weight;
    if (format !== 'F32' || 'outside' in store) {
      const address = heap.allocateValues(weight.values);
      return { address, release: () => heap.release(address) };
    }
    const address = heap.allocate(outputs * inputs * 4);
    this.runtime.run(UNPACK_WEIGHT, [store.address, inputs, outputs, address], [], true);
    return { address, release: () => heap.release(address) };
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
    if (stored instanceof ResidentValues || stored instanceof PackedWeight) stored.free();
    else if (stored.complexTensorInfos != null) {
      this.disposeData(stored.complexTensorInfos.real.dataId, true);
      this.disposeData(stored.complexTensorInfos.imag.dataId, true);
    }
    this.data.delete(dataId);
    return true;
  }

  override memory(): { unreliable: boolean; reasons: string[] } {
    return { unreliable: false, reasons: [] };
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
