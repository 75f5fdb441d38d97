/** Many linear heads on the same images, trained together on the current device of TF.js. */
import {
  add,
  dispose,
  matMul,
  mul,
  pad2d,
  reshape,
  slice,
  softmax,
  sub,
  type Tensor2D,
  tensor2d,
  tidy,
  transpose,
  zeros,
} from '@tensorflow/tfjs-core';
import { sgdStep } from '../../ops/optimiser/sgd-step.ts';
import { gatherRows } from './gather-rows.ts';
import type { ProbePart } from './probe-parts.ts';

/** Of SGD. */
const MOMENTUM = 0.9;

/** A part of the features with the weights that heads have for it: rows of weights `first` to `end` of those of all heads. */
interface TrainedPart extends ProbePart {
  readonly first: number;
  readonly end: number;
  /** [end − first, width], owned */
  readonly weights: Tensor2D;
  /** learning rate times momentum, as weights */
  readonly velocity: Tensor2D;
}

/**
 * Heads side by side: for each input, for each learning rate, a row of weights for each class. A part of the features is multiplied
 * once for all heads that see it.
 */
export class ProbeTrainer {
  private readonly parts: readonly TrainedPart[];
  private readonly numClasses: number;
  /** learning rates of all rows of weights */
  private readonly rates: Float32Array;

  /**
   * @param parts of the training images, as `probeParts` gives them
   * @param starts for each part the weights of the heads that see it
   * @param rates a learning rate of each head
   */
  constructor(
    parts: readonly ProbePart[],
    starts: readonly Float32Array[],
    rates: readonly number[],
    numClasses: number,
  ) {
    this.numClasses = numClasses;
    this.rates = Float32Array.from(rates.flatMap((rate) => new Array<number>(numClasses).fill(rate)));
    const numInputs = Math.max(...parts.map(({ inputs }) => inputs[1]));
    const outputs = this.rates.length / numInputs;
    this.parts = parts.map((part, p) => {
      const [first, end] = part.inputs;
      const shape: [number, number] = [(end - first) * outputs, part.width];
      return {
        ...part,
        first: first * outputs,
        end: end * outputs,
        weights: tensor2d(starts[p]!, shape, 'float32'),
        velocity: zeros(shape),
      };
    });
  }

  /**
   * One step of SGD for each head, by the mean cross-entropy of a batch.
   *
   * @param batch indices of images [B]
   * @param labels of these images [B]
   * @param schedule by which learning rates are multiplied
   */
  step(batch: Int32Array, labels: Int32Array, schedule: number): void {
    const outputs = this.rates.length;
    const rates = this.rates.map((rate) => rate / batch.length);
    const targets = new Float32Array(batch.length * outputs);
    for (const [i, label] of labels.entries()) {
      for (let k = label; k < outputs; k += this.numClasses) targets[i * outputs + k] = rates[k]!;
    }
    tidy(() => {
      const inputs = this.parts.map((part) => rowsAt(part, batch));
      const p = reshape(softmax(reshape(this.scoresOf(inputs), [-1, this.numClasses])), [-1, outputs]);
      const shape: [number, number] = [batch.length, outputs];
      const residual = sub(mul(p, tensor2d(rates, [1, outputs])), tensor2d(targets, shape)) as Tensor2D;
      for (const [i, { first, end, weights: p, velocity: m }] of this.parts.entries()) {
        const own = slice(residual, [0, first], [batch.length, end - first]);
        const g: Tensor2D = matMul(own, inputs[i]!, true);
        sgdStep({ p, m, g }, { learningRate: schedule, momentum: MOMENTUM, weightDecay: 0 });
      }
    });
  }

  /**
   * Scores of all heads.
   *
   * @param parts of other images, in the same form
   * @returns [m, heads · C]
   */
  async scores(parts: readonly ProbePart[]): Promise<Float32Array> {
    const result = tidy(() =>
      this.scoresOf(parts.map(({ rows, width }) => tensor2d(rows, [rows.length / width, width]))),
    );
    const values = await result.data<'float32'>();
    result.dispose();
    return values;
  }

  /** For each part the weights of the heads that see it: [heads · C, width]. */
  async weights(): Promise<Float32Array[]> {
    return Promise.all(this.parts.map(({ weights }) => weights.data<'float32'>()));
  }

  /** Frees the tensors. */
  dispose(): void {
    for (const { weights, velocity } of this.parts) dispose([weights, velocity]);
  }

  /** The batch is the operand that backends pack, as it is smaller than the weights. */
  private scoresOf(inputs: readonly Tensor2D[]): Tensor2D {
    const each = this.parts.map(({ first, end, weights }, i) => {
      const scores: Tensor2D = matMul(weights, inputs[i]!, false, true);
      return pad2d(scores, [
        [first, this.rates.length - end],
        [0, 0],
      ]);
    });
    return transpose(each.reduce((sum, scores) => add(sum, scores)));
  }
}

function rowsAt({ rows, width }: ProbePart, batch: Int32Array): Tensor2D {
  return tensor2d(gatherRows(rows, width, batch), [batch.length, width]);
}
