/** What a model with the linear head returns. */
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-core';
import { ModelOutput } from '../../model/outputs.ts';

/** HF: `ImageClassifierOutput`. */
export class ImageClassifierOutput extends ModelOutput {
  /** [B, labels] before softmax or sigmoid, or [B, (n + 1)·D] features where there are no labels. */
  get logits(): Tensor2D {
    return this.get('logits');
  }

  /** A scalar, if labels were given. */
  get loss(): Tensor | undefined {
    return this.named.get('loss');
  }
}
