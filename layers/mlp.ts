/** The feed-forward network of most DINOv2 models. */
import { type Tensor3D, tidy } from '@tensorflow/tfjs-core';
import { ACTIVATIONS, type ActivationName } from '../ops/activations.ts';
import { Linear, type LinearEpilogue } from './linear.ts';
import type { WeightReader } from './weight-reader.ts';

/** The sizes of an MLP. */
export interface MlpOptions {
  /** D */
  dim: number;
  /** F */
  hiddenDim: number;
  activation: ActivationName;
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
  static async load(weights: WeightReader, { dim, hiddenDim, activation }: MlpOptions): Promise<Mlp> {
    const fc1 = await Linear.load(weights.scope('fc1'), dim, hiddenDim);
    return new Mlp(fc1, await Linear.load(weights.scope('fc2'), hiddenDim, dim), activation);
  }

  /**
   * @param x [B, T, D]
   * @param epilogue what `fc2` does beside its product
   * @returns [B, T, D], owned by the caller
   */
  forward(x: Tensor3D, epilogue?: LinearEpilogue): Tensor3D {
    return tidy(() => {
      const hidden =
        this.activation === 'gelu'
          ? this.fc1.forward(x, { activation: 'gelu' })
          : ACTIVATIONS[this.activation](this.fc1.forward(x));
      return this.fc2.forward(hidden as Tensor3D, epilogue);
    });
  }
}
