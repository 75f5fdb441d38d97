/** The tensors from outside a program that are constants of its graph: weights, above all. */
import {
  type backend_util,
  type DataId,
  type DataType,
  engine,
  type TensorInfo,
} from '@tensorflow/tfjs-core';
import { TraceError } from '../../errors/errors.ts';
import type { Constant, ConstantValues, GraphDtype } from '../graph/graph.ts';

/** One constant for each tensor, whichever recording meets it first; tensors are read when they are asked for. */
export class BorrowedConstants {
  private readonly names: ReadonlyMap<DataId, string>;
  private readonly constants = new Map<DataId, Constant[]>();

  /** @param names what tensors are called, by their data */
  constructor(names: ReadonlyMap<DataId, string> = new Map()) {
    this.names = names;
  }

  /** @param info a tensor that its owner keeps until the graph has been used */
  of(info: TensorInfo): Constant {
    const views = this.constants.get(info.dataId) ?? [];
    const known = views.find(({ shape }) => String(shape) === String(info.shape));
    if (known !== undefined) return known;
    const constant = borrowed(info, this.names.get(info.dataId));
    this.constants.set(info.dataId, [...views, constant]);
    return constant;
  }
}

function borrowed({ dataId, shape, dtype }: TensorInfo, name: string | undefined): Constant {
  return {
    kind: 'constant',
    shape,
    dtype: graphDtype(dtype),
    name,
    async read() {
      if (!engine().state.tensorInfo.has(dataId)) {
        throw new TraceError(
          `${name ?? 'a constant'}: expected a tensor that is still there, got one that was disposed of; keep the model until its graph has been exported or compiled`,
        );
      }
      return asConstantValues(await engine().read(dataId));
    },
  };
}

/** @throws TraceError on values that are no numbers */
export function asConstantValues(values: backend_util.BackendValues): ConstantValues {
  if (values instanceof Float32Array || values instanceof Int32Array || values instanceof Uint8Array) {
    return values;
  }
  throw new TraceError('trace: expected numbers, got a tensor of strings or complex numbers');
}

/** @throws TraceError on dtypes that a graph has no values of */
export function graphDtype(dtype: DataType): GraphDtype {
  if (dtype === 'float32' || dtype === 'int32' || dtype === 'bool') return dtype;
  throw new TraceError(`trace: expected tensors of float32, int32 or bool, got ${dtype}`);
}
