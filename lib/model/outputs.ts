/** What the models return. */
import { dispose, Tensor, type Tensor2D, type Tensor3D, type Tensor4D } from '@tensorflow/tfjs-core';

/** What every output has: kept internals, warnings, and an end to its tensors. */
export class ModelOutput {
  /**
   * The residual stream: `hiddenStates[0]` are the embeddings, `hiddenStates[i]` is the output of block i, none of
   * them normalised. [B, T, D] each; with a selection, the selected ones in the order asked for.
   */
  readonly hiddenStates: readonly Tensor3D[] | undefined;
  /** [B, A, T, T] of every block, rows sum to 1. */
  readonly attentions: readonly Tensor4D[] | undefined;
  /** What the caller should know though it is no error, such as pixels that no patch covers. */
  readonly warnings: readonly string[];

  constructor(internals: Internals) {
    this.hiddenStates = internals.hiddenStates;
    this.attentions = internals.attentions;
    this.warnings = internals.warnings;
  }

  /** Every tensor of this output. */
  get tensors(): Tensor[] {
    return Object.values(this)
      .flat()
      .filter((value): value is Tensor => value instanceof Tensor);
  }

  /** Frees every tensor of this output. Safe to call twice. */
  dispose(): void {
    dispose(this.tensors);
  }

  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** The part all outputs share. */
export interface Internals {
  hiddenStates?: Tensor3D[] | undefined;
  attentions?: Tensor4D[] | undefined;
  warnings: string[];
}

/** HF: `BaseModelOutputWithPooling`. */
export class Dinov2ModelOutput extends ModelOutput {
  /** [B, 1 + R + N, D]: CLS, registers and patches after the final norm. */
  readonly lastHiddenState: Tensor3D;
  /** [B, D]: CLS after the final norm. */
  readonly poolerOutput: Tensor2D;

  constructor(tensors: { lastHiddenState: Tensor3D; poolerOutput: Tensor2D }, internals: Internals) {
    super(internals);
    this.lastHiddenState = tensors.lastHiddenState;
    this.poolerOutput = tensors.poolerOutput;
  }
}

/** HF: `ImageClassifierOutput`. */
export class ImageClassifierOutput extends ModelOutput {
  /** [B, labels] before softmax or sigmoid, or [B, (n + 1)·D] features where there are no labels. */
  readonly logits: Tensor2D;
  /** A scalar, if labels were given. */
  readonly loss: Tensor | undefined;

  constructor(tensors: { logits: Tensor2D; loss?: Tensor | undefined }, internals: Internals) {
    super(internals);
    this.logits = tensors.logits;
    this.loss = tensors.loss;
  }
}

/** HF: `BackboneOutput`. */
export class BackboneOutput extends ModelOutput {
  /** One map for each stage asked for: [B, D, h, w], or [B, T, D] with `reshapeHiddenStates` off. */
  readonly featureMaps: readonly (Tensor3D | Tensor4D)[];

  constructor(featureMaps: (Tensor3D | Tensor4D)[], internals: Internals) {
    super(internals);
    this.featureMaps = featureMaps;
  }
}
