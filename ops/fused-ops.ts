/** Every fused op. */
import { FUSED_ATTENTION } from './attention.ts';
import { FUSED_EXTRACT_PATCHES } from './extract-patches.ts';
import type { FusedOp } from './fused-op.ts';
import { FUSED_GELU } from './gelu.ts';
import { FUSED_LAYER_NORM } from './layer-norm.ts';
import { FUSED_LINEAR } from './linear.ts';
import { FUSED_SILU_GATE } from './silu-gate.ts';

/** The registry: what stands here can be traced, optimised and written in ONNX. */
export const FUSED_OPS: readonly FusedOp[] = [
  FUSED_LINEAR,
  FUSED_LAYER_NORM,
  FUSED_ATTENTION,
  FUSED_GELU,
  FUSED_SILU_GATE,
  FUSED_EXTRACT_PATCHES,
];
