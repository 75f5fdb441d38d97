/** `dinov2-tfjs/ops`: operations on tensors that run a fused kernel where the backend has one. */
import '../platform/lend-require.ts';

export * from './activations.ts';
export * from './attention.ts';
export { extractPatches } from './extract-patches.ts';
export { gelu } from './gelu.ts';
export { interpolateGrid } from './interpolate.ts';
export { layerNorm } from './layer-norm.ts';
export * from './linear.ts';
export { linearWeight } from './linear-weight.ts';
export { PRECISIONS, type Precision } from './precision.ts';
export { siluGate } from './silu-gate.ts';
export type { WeightDtype, WeightRows } from './weight-rows.ts';
