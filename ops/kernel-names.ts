/**
 * The fused kernels a backend may register with TF.js (`registerKernel`) under these names.
 *
 * An op of this room runs the fused kernel if the current backend has one, and otherwise its composition of
 * TF.js ops, which is the kernel's definition. All tensors are float32 unless said otherwise.
 */

/**
 * y = act(x Wᵀ + b), or residual + scale · (x Wᵀ + b).
 *
 * Inputs: x [..., K], weight [N, K] (as `linearWeight` made it, or any tensor), bias [N] (optional),
 * residual [..., N] and scale [N] (optional, together). Attributes: `FusedLinearAttrs`. Output [..., N].
 */
export const FUSED_LINEAR = 'Dinov2FusedLinear';

/** What a linear layer may apply to its product. */
export type FusedActivation = 'none' | 'gelu';

/** Attributes of `FUSED_LINEAR`. */
export interface FusedLinearAttrs {
  /** `gelu` is the erf form; not combined with a residual */
  activation: FusedActivation;
}

/** (x − mean) / √(var + epsilon) · gamma + beta over the last axis. Inputs: x [..., D], gamma [D], beta [D]. */
export const FUSED_LAYER_NORM = 'Dinov2FusedLayerNorm';

/** Attributes of `FUSED_LAYER_NORM`. */
export interface FusedLayerNormAttrs {
  epsilon: number;
}

/**
 * softmax(Q Kᵀ · scale + mask) V for every head, heads side by side in the output.
 *
 * Inputs: qkv [B, T, 3·A·K] (Q of all heads, then K, then V), mask [B or 1, 1, 1 or T, T] (optional, added
 * to the scores). Output [B, T, A·K]. The T×T matrix is never in memory as a whole.
 */
export const FUSED_ATTENTION = 'Dinov2FusedAttention';

/** Attributes of `FUSED_ATTENTION`. */
export interface FusedAttentionAttrs {
  numHeads: number;
  /** K^-0.5 */
  scale: number;
}

/** x · Φ(x), the erf form. Input: x. */
export const FUSED_GELU = 'Dinov2FusedGelu';

/** silu(x₁) · x₂, where x₁, x₂ are the halves of the last axis. Input: x [..., 2S]. Output [..., S]. */
export const FUSED_SILU_GATE = 'Dinov2FusedSiluGate';

/**
 * Non-overlapping patches, each a row in the order channel, row, column.
 *
 * Input: x [B, C, H, W]. Output [B, ⌊H/Ph⌋·⌊W/Pw⌋, C·Ph·Pw]; pixels left over at the right and bottom are dropped.
 */
export const FUSED_EXTRACT_PATCHES = 'Dinov2FusedExtractPatches';

/** Attributes of `FUSED_EXTRACT_PATCHES`. */
export interface FusedExtractPatchesAttrs {
  /** [Ph, Pw] in pixels */
  patchSize: [number, number];
}
