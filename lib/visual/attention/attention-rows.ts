/** Some rows of the weights of an attention layer, computed of its queries and keys. */
import { gather, matMul, mul, softmax, type Tensor4D, tidy } from '@tensorflow/tfjs-core';

/**
 * softmax(q Kᵀ / √K) of the queries of some tokens: how much each of them takes from every token. No other row is computed.
 *
 * Source: Vaswani et al., Attention Is All You Need, arXiv:1706.03762, §3.2.
 *
 * @param query [B, A, T, K], as a visitor of the attention sees it, see `AttentionVisitor`; borrowed
 * @param key [B, A, T, K]; borrowed
 * @param tokens R tokens: 0 is CLS, then registers, then patches
 * @returns [B, A, R, T], whose rows sum to 1; owned by the caller
 */
export function attentionRows(query: Tensor4D, key: Tensor4D, tokens: readonly number[]): Tensor4D {
  return tidy(() => {
    const scaled = mul(gather(query, [...tokens], 2), query.shape[3] ** -0.5);
    return softmax(matMul(scaled, key, false, true)) as Tensor4D;
  });
}
