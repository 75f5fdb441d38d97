/** Somebody who looks at the queries, keys and values of some blocks while these run. */
import { type Tensor3D, type Tensor4D, tidy } from '@tensorflow/tfjs-core';
import { splitHeads } from '../ops/attention.ts';

/** What one attention layer computes its weights and its result of: [B, A, T, K] each, the queries before they are scaled. */
export interface QueryKeyValue {
  readonly query: Tensor4D;
  readonly key: Tensor4D;
  readonly value: Tensor4D;
}

/** Looks at one layer; tensors are borrowed, and what is made in the call is freed at its end unless TF.js's `keep` holds it. */
export type AttentionVisit = (heads: QueryKeyValue) => void;

/** Which blocks are looked at, and by whom. */
export interface AttentionVisitor {
  /** 0…L − 1, as `attentions` counts them, or negative from the end; visited in the order in which they run */
  readonly layers: readonly number[];
  /**
   * @param layer 0…L − 1
   * @param heads borrowed, and freed when the call returns, as are tensors that are made in it; TF.js's `keep` holds one longer, and
   *   makes it the caller's to dispose of. It can't wait: what is read is read after the pass, of tensors that were kept
   */
  visit(layer: number, heads: QueryKeyValue): void;
}

/**
 * Shows the packed queries, keys and values of a layer. They are taken apart for the visit alone, and free again after it.
 *
 * @param qkv [B, T, 3·A·K]; borrowed
 * @param numHeads A
 */
export function visitHeads(qkv: Tensor3D, numHeads: number, visit: AttentionVisit): void {
  tidy(() => {
    const [query, key, value] = splitHeads(qkv, numHeads);
    visit({ query, key, value });
  });
}
