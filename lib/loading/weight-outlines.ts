/** What a model asks for, without values. */
import { type Rank, type ShapeMap, Tensor, type Tensor2D } from '@tensorflow/tfjs-core';
import type { WeightReader } from '../../layers/weight-reader.ts';

/**
 * Notes the weights that a model asks for, in the shapes that files have.
 *
 * Loading runs twice, first with this reader: every disagreement with a checkpoint is found before the first byte is read.
 */
export class WeightOutlines implements WeightReader {
  /** a tensor without values for each weight asked for, by our full name, in the order of asking */
  readonly parameters: Map<string, Tensor>;
  private readonly prefix: string;

  constructor(prefix = '', parameters = new Map<string, Tensor>()) {
    this.prefix = prefix;
    this.parameters = parameters;
  }

  scope(prefix: string): WeightOutlines {
    return new WeightOutlines(`${this.prefix}${prefix}.`, this.parameters);
  }

  async read<R extends Rank>(name: string, shape: ShapeMap[R]): Promise<Tensor<R>> {
    return this.note(name, shape) as Tensor<R>;
  }

  async readLinear(name: string, shape: readonly number[]): Promise<Tensor2D> {
    return this.note(name, shape) as Tensor2D;
  }

  private note(name: string, shape: readonly number[]): Tensor {
    // TF.js does not know of it, so that no backend has to be there
    const outline = new Tensor([...shape] as ShapeMap[Rank], 'float32', {}, -1);
    this.parameters.set(this.prefix + name, outline);
    return outline;
  }
}
