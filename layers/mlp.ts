/** The feed-forward network of most DINOv2 models. */
import { type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import { ACTIVATIONS, type ActivationName } from '../ops/activations.ts';
import type { Residual } from '../ops/linear.ts';
import { Linear } from './linear.ts';
import type { Initialisation, WeightReader } from './weight-reader.ts';

/** The sizes of an MLP. */
export interface MlpOptions {
  /** D */
  dim: number;
  /** F */
  hiddenDim: number;
  activation: ActivationName;
  initial: Initialisation;
}

/** fc2(act(fc1(x))). Meta: `Mlp` · HF: `Dinov2MLP`. */
export class Mlp {
  readonly fc1: Linear;
  readonly fc2: Linear;
  readonly activation: ActivationName;

  /**
   * @param fc1 D → F
   * @param fc2 F → D
   */
  constructor(fc1: Linear, fc2: Linear, activation: ActivationName) {
    this.fc1 = fc1;
    this.fc2 = fc2;
    this.activation = activation;
  }

  /** Reads `fc1` and `fc2`. */
  static async load(
    weights: WeightReader,
    { dim, hiddenDim, activation, initial }: MlpOptions,
  ): Promise<Mlp> {
    const fc1 = await Linear.load(weights.scope('fc1'), {
      inputs: dim,
      outputs: hiddenDim,
      bias: true,
      initial,
    });
    const fc2 = await Linear.load(weights.scope('fc2'), {
      inputs: hiddenDim,
      outputs: dim,
      bias: true,
      initial,
    });
    return new Mlp(fc1, fc2, activation);
  }

  /**
   * @param x [B, T, D]
   * @param residual the branch the result is scaled and added to
   * @returns [B, T, D], owned by the caller
   */
  forward(x: Tensor3D, residual?: Residual): Tensor3D {
    return tidy(() => {
      const hidden =
        this.activation === 'gelu'
          ? this.fc1.forward(x, { activation: 'gelu' })
          : ACTIVATIONS[this.activation](this.fc1.forward(x));
      return this.fc2.forward(hidden as Tensor3D, { residual });
    });
  }
}
