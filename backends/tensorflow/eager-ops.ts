/** TensorFlow's operations on float32, one at a time, without what TF.js's own ops do around each of them. */
import type { KernelBackend, Tensor, TensorInfo } from '@tensorflow/tfjs-core';

interface Attribute {
  name: string;
  type: number;
  value: number | boolean;
}

/** What is used of the backend that tfjs-node registers. */
export interface TensorflowBackend extends KernelBackend {
  readonly binding: Readonly<
    Record<'TF_ATTR_BOOL' | 'TF_ATTR_INT' | 'TF_ATTR_TYPE' | 'TF_FLOAT' | 'TF_INT32', number> & {
      /** of TensorFlow's library */
      TF_Version: string;
    }
  >;
  /** The outputs are tensors of TF.js's engine, which a tidy around them frees. */
  executeMultipleOutputs(
    name: string,
    attributes: readonly Attribute[],
    inputs: readonly TensorInfo[],
    outputs: number,
  ): Tensor[];
  executeSingleOutput(name: string, attributes: readonly Attribute[], inputs: readonly TensorInfo[]): Tensor;
}

/** Whether a backend has what `EagerOps` needs. */
export function isTensorflowBackend(backend: object): backend is TensorflowBackend {
  return 'binding' in backend && 'executeSingleOutput' in backend && 'executeMultipleOutputs' in backend;
}

/**
 * Operations of a backend; each returns a new tensor, freed by the tidy around it.
 *
 * Numbers and permutations among their inputs are made once and kept: making one costs as much as a small operation.
 */
export class EagerOps {
  private readonly backend: TensorflowBackend;
  private readonly float: Attribute;
  private readonly kept = new Map<string, TensorInfo>();

  constructor(backend: TensorflowBackend) {
    this.backend = backend;
    this.float = this.type('T', backend.binding.TF_FLOAT);
  }

  /** a + b, broadcast. */
  add(a: TensorInfo, b: TensorInfo | number): Tensor {
    return this.backend.executeSingleOutput('AddV2', [this.float], [a, this.operand(b)]);
  }

  /** a − b, broadcast. */
  sub(a: TensorInfo, b: TensorInfo): Tensor {
    return this.backend.executeSingleOutput('Sub', [this.float], [a, b]);
  }

  /** a · b, broadcast. */
  mul(a: TensorInfo, b: TensorInfo | number): Tensor {
    return this.backend.executeSingleOutput('Mul', [this.float], [a, this.operand(b)]);
  }

  /** x + bias [N] along the last axis. */
  biasAdd(x: TensorInfo, bias: TensorInfo): Tensor {
    return this.backend.executeSingleOutput('BiasAdd', [this.float], [x, bias]);
  }

  /** One of the operations that take a tensor and return one of its shape. */
  unary(name: 'Erf' | 'Rsqrt' | 'Softmax' | 'Square', x: TensorInfo): Tensor {
    return this.backend.executeSingleOutput(name, [this.float], [x]);
  }

  /** The mean over the last axis, which stays with size 1. */
  mean(x: TensorInfo): Tensor {
    const attributes = [
      this.float,
      this.type('Tidx', this.backend.binding.TF_INT32),
      this.flag('keep_dims', true),
    ];
    return this.backend.executeSingleOutput('Mean', attributes, [x, this.keptIntegers([-1])]);
  }

  /** a bᵀ of the last two axes, or a b; the axes before them are alike. */
  matMul(a: TensorInfo, b: TensorInfo, transposeB: boolean): Tensor {
    const attributes = [this.float, this.flag('adj_x', false), this.flag('adj_y', transposeB)];
    return this.backend.executeSingleOutput('BatchMatMulV2', attributes, [a, b]);
  }

  reshape(x: TensorInfo, shape: readonly number[]): Tensor {
    const { backend } = this;
    const attributes = [this.float, this.type('Tshape', backend.binding.TF_INT32)];
    // not kept: every size of an image has its own
    const sizes = this.integers(shape);
    try {
      return backend.executeSingleOutput('Reshape', attributes, [x, sizes]);
    } finally {
      backend.disposeData(sizes.dataId);
    }
  }

  transpose(x: TensorInfo, permutation: readonly number[]): Tensor {
    const attributes = [this.float, this.type('Tperm', this.backend.binding.TF_INT32)];
    return this.backend.executeSingleOutput('Transpose', attributes, [x, this.keptIntegers(permutation)]);
  }

  /** The parts of the first axis, which goes. */
  unstack(x: TensorInfo): Tensor[] {
    const { TF_ATTR_INT } = this.backend.binding;
    const count = x.shape[0]!;
    const attributes = [
      this.float,
      { name: 'num', type: TF_ATTR_INT, value: count },
      { name: 'axis', type: TF_ATTR_INT, value: 0 },
    ];
    return this.backend.executeMultipleOutputs('Unpack', attributes, [x], count);
  }

  private operand(value: TensorInfo | number): TensorInfo {
    if (typeof value !== 'number') return value;
    return this.keep(`${value}`, () => ({
      dataId: this.backend.write(Float32Array.of(value), [], 'float32'),
      shape: [],
      dtype: 'float32',
    }));
  }

  private keptIntegers(values: readonly number[]): TensorInfo {
    return this.keep(`[${values}]`, () => this.integers(values));
  }

  private integers(values: readonly number[]): TensorInfo {
    const shape = [values.length];
    return { dataId: this.backend.write(Int32Array.from(values), shape, 'int32'), shape, dtype: 'int32' };
  }

  private keep(key: string, make: () => TensorInfo): TensorInfo {
    const found = this.kept.get(key) ?? make();
    this.kept.set(key, found);
    return found;
  }

  private type(name: string, value: number): Attribute {
    return { name, type: this.backend.binding.TF_ATTR_TYPE, value };
  }

  private flag(name: string, value: boolean): Attribute {
    return { name, type: this.backend.binding.TF_ATTR_BOOL, value };
  }
}
