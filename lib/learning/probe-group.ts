/** Linear heads that see the same input, trained together on the current device of TF.js. */
import {
  add,
  dispose,
  matMul,
  mul,
  reshape,
  softmax,
  sub,
  type Tensor2D,
  tensor2d,
  tidy,
  zeros,
} from '@tensorflow/tfjs-core';
import type { TorchGenerator } from '../../random/torch-generator.ts';

/** Of SGD. */
const MOMENTUM = 0.9;
/** Of the weights at the start. */
const DEVIATION = 0.01;

/** Heads of one input, which differ in their learning rate alone; so two products serve all of them. */
export class ProbeGroup {
  private readonly rows: Float32Array;
  private readonly width: number;
  private readonly numClasses: number;
  /** for each head and class the learning rate: [heads · C] */
  private readonly rates: Float32Array;
  /** [heads · C, width], owned */
  private weights: Tensor2D;
  /** learning rate times momentum, as weights */
  private velocity: Tensor2D;

  /**
   * @param input [n, width], the last of each row 1
   * @param learningRates one of each head
   * @param generator from which torch would draw the heads
   */
  constructor(
    input: { rows: Float32Array; width: number },
    learningRates: readonly number[],
    numClasses: number,
    generator: TorchGenerator,
  ) {
    this.rows = input.rows;
    this.width = input.width;
    this.numClasses = numClasses;
    this.rates = Float32Array.from(learningRates.flatMap((rate) => new Array(numClasses).fill(rate)));
    const shape: [number, number] = [this.rates.length, this.width];
    const start = new Float32Array(shape[0] * shape[1]);
    for (let head = 0; head < learningRates.length; head++) {
      const values = initialHead(this.width - 1, numClasses, generator);
      for (let k = 0; k < numClasses; k++) {
        const row = values.subarray(k * (this.width - 1), (k + 1) * (this.width - 1));
        start.set(row, (head * numClasses + k) * this.width);
      }
    }
    this.weights = tensor2d(start, shape, 'float32');
    this.velocity = zeros(shape);
  }

  /**
   * One step of SGD for each head, by the mean cross-entropy of a batch.
   *
   * @param batch indices of images [B]
   * @param labels of these images [B]
   * @param schedule by which learning rates are multiplied
   */
  step(batch: Int32Array, labels: Int32Array, schedule: number): void {
    const { numClasses, width } = this;
    const outputs = this.rates.length;
    const rates = this.rates.map((rate) => rate / batch.length);
    const images = new Float32Array(batch.length * width);
    const targets = new Float32Array(batch.length * outputs);
    for (const [i, image] of batch.entries()) {
      images.set(this.rows.subarray(image * width, (image + 1) * width), i * width);
      for (let k = labels[i]!; k < outputs; k += numClasses) targets[i * outputs + k] = rates[k]!;
    }
    const [weights, velocity] = tidy((): [Tensor2D, Tensor2D] => {
      const x = tensor2d(images, [batch.length, width]);
      const scores = matMul(x, this.weights, false, true);
      const p = reshape(softmax(reshape(scores, [-1, numClasses])), [batch.length, outputs]);
      const residual = sub(mul(p, tensor2d(rates, [1, outputs])), tensor2d(targets, [batch.length, outputs]));
      const moved = add(mul(this.velocity, MOMENTUM), matMul(residual as Tensor2D, x, true)) as Tensor2D;
      return [sub(this.weights, mul(moved, schedule)), moved];
    });
    this.dispose();
    this.weights = weights;
    this.velocity = velocity;
  }

  /**
   * Scores of all heads.
   *
   * @param rows [m, width]
   * @returns [m, heads · C]
   */
  async scores(rows: Float32Array): Promise<Float32Array> {
    const result = tidy(() =>
      matMul(tensor2d(rows, [rows.length / this.width, this.width]), this.weights, false, true),
    );
    const values = await result.data<'float32'>();
    result.dispose();
    return values;
  }

  /** Weights of all heads, the bias behind each row: [heads · C, width]. */
  async values(): Promise<Float32Array> {
    return this.weights.data<'float32'>();
  }

  /** Frees the tensors. */
  dispose(): void {
    dispose([this.weights, this.velocity]);
  }
}

/**
 * The weights that a head of Meta's linear evaluation starts with: `nn.Linear` draws weights and biases of its own, which are
 * replaced by normal weights, and biases of 0.
 */
function initialHead(dim: number, numClasses: number, generator: TorchGenerator): Float32Array {
  for (let i = 0; i < (dim + 1) * numClasses; i++) generator.word();
  return generator.normal(dim * numClasses, 0, DEVIATION);
}
