/** `dinov2-tfjs/layers`: the layers of the transformer, under the names of the original code, to build models of. */
import '../platform/lend-require.ts';

export * from './attention.ts';
export * from './attention-visitor.ts';
export * from './block.ts';
export * from './embeddings.ts';
export * from './encoder.ts';
export * from './layer-norm.ts';
export * from './layer-scale.ts';
export * from './linear.ts';
export * from './linear-head.ts';
export * from './mlp.ts';
export * from './patch-embed.ts';
export * from './pos-embed.ts';
export * from './swiglu-ffn.ts';
export * from './weight-reader.ts';
