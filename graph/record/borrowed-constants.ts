/** Constants that are tensors from outside of a program: weights, above all. */
import { type DataId, engine, Tensor, type TensorInfo } from '@tensorflow/tfjs-core';
import { TraceError } from '../../errors/errors.ts';
import type { Constant } from '../../ops/operation.ts';
import { constantValues } from '../ir/constant-values.ts';
import { graphDtype } from './graph-dtype.ts';

/** One constant for each tensor, whichever recording meets it first; tensors are read when they are asked for. */
export class BorrowedConstants {
  private readonly names: ReadonlyMap<DataId, string>;
  private readonly constants = new ConstantsByView();

  /** @param names what tensors are called, by their data */
  constructor(names: ReadonlyMap<DataId, string> = new Map()) {
    this.names = names;
  }

  /** @param info a tensor that its owner keeps until the graph has been used */
  of(info: TensorInfo): Constant {
    return this.constants.of(info, () => borrowed(info, this.names.get(info.dataId)));
  }

  /**
   * Whether what the tensor is must be copied: one that a program keeps beside its weights, such as a table in a cache,
   * may be let go of long before them.
   */
  isFleeting(info: TensorInfo): boolean {
    return info instanceof Tensor && info.kept && !this.names.has(info.dataId);
  }
}

/** Constants of tensors: those that share their data may have other shapes, and even other dtypes. */
export class ConstantsByView {
  private readonly views = new Map<DataId, Map<string, Constant>>();

  /** @param make called for the first tensor of its data, shape and dtype */
  of({ dataId, shape, dtype }: TensorInfo, make: () => Constant): Constant {
    const views = this.views.get(dataId) ?? new Map<string, Constant>();
    this.views.set(dataId, views);
    const view = `${dtype} ${shape}`;
    const constant = views.get(view) ?? make();
    views.set(view, constant);
    return constant;
  }
}

function borrowed(info: TensorInfo, name: string | undefined): Constant {
  const { dataId, shape } = info;
  const dtype = graphDtype(info.dtype);
  return {
    kind: 'constant',
    shape,
    dtype,
    name,
    async read() {
      if (!engine().state.tensorInfo.has(dataId)) {
        throw new TraceError(
          `${name ?? 'a constant'}: expected a tensor that is still there, got one that was disposed of; keep the model until its graph has been exported or compiled`,
        );
      }
      return constantValues(await engine().read(dataId), dtype);
    },
  };
}
