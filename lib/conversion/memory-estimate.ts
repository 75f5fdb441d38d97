/** How much memory a model takes. */
import { bothAxes, type ModelConfig } from '../model/model-config.ts';

/** What one image costs. */
export interface MemoryEstimate {
  /** T = 1 + R + N */
  tokens: number;
  /** of the weights and of what lives beside them at the widest moment */
  bytes: number;
}

/**
 * The weights and the most that a forward pass of one image holds beside them on the backend `simd`.
 *
 * Attention scores are not among it: that backend never has them in memory as a whole. Nor are Node, the buffers that
 * weights are read through, and hidden states or attentions that a caller keeps.
 *
 * @param weightBytes of all weights as they are kept
 * @param imageSize height and width in pixels
 */
export function estimateMemory(config: ModelConfig, weightBytes: number, imageSize: number): MemoryEstimate {
  const { hiddenSize: D, ffnHiddenSize: F, numChannels, numRegisterTokens, useSwigluFfn } = config;
  const [patchHeight, patchWidth] = bothAxes(config.patchSize);
  const patches = Math.floor(imageSize / patchHeight) * Math.floor(imageSize / patchWidth);
  const tokens = 1 + numRegisterTokens + patches;
  const heads = config.numAttentionHeads * config.headDim;
  // until a block ends there are the tokens of the embeddings, the block's input, and that input normalised
  const held = 3 * D;
  // Q, K and V, K and V once more in panels, and the result
  const attention = 3 * heads + 2 * heads + heads;
  // the stream after attention, the same normalised, the hidden layer (of SwiGLU both halves and their gate), the result
  const ffn = 3 * D + (useSwigluFfn ? 3 * F : F);
  const pixels = numChannels * imageSize * imageSize;
  return { tokens, bytes: weightBytes + 4 * (pixels + tokens * (held + Math.max(attention, ffn))) };
}
