/** Scaled dot-product attention in blocks. */

import { FUSED_ATTENTION } from '../../../ops/attention.ts';
import { Job } from '../job.ts';
import { ATTEND, PACK_HEADS } from '../job-kinds.ts';
import * as slots from '../slots/attend.ts';
import * as headSlots from '../slots/heads.ts';
import * as packSlots from '../slots/pack-heads.ts';
import { attentionCall } from './attention-call.ts';
import { isShared, isSharedStream, kernel } from './kernel.ts';

/** Queries whose scores exist at once. */
const BLOCK_QUERIES = 48;
/** Keys a query's scores exist for at once. */
const BLOCK_KEYS = 512;
/** Bytes of packed keys and values at a time; more heads than fit are done one group after the other. */
const PANELS = 64 * 2 ** 20;

const PACK_HEADS_JOB = new Job(PACK_HEADS, { ...headSlots, ...packSlots });
const ATTEND_JOB = new Job(ATTEND, { ...headSlots, ...slots });

/**
 * A thread's working space: its size, and where in it each part is, in bytes; queries come first. What a product
 * writes has room for 3 more rows, as tiles are written whole; two parts start on cache lines.
 */
function layOut(queries: number, keys: number, size: number) {
  const onLine = (bytes: number) => Math.ceil(bytes / 64) * 64;
  const sumBytes = Math.ceil(size / 8) * 32;
  const sums = onLine(queries * size * 4);
  const maxima = sums + (queries + 3) * sumBytes;
  const totals = maxima + queries * 4;
  const scores = onLine(totals + queries * 4);
  return { bytes: scores + (queries + 3) * keys * 4, sums, sumBytes, maxima, totals, scores };
}

/** softmax(Q Kᵀ · scale + mask) V for every head, heads side by side in the output. */
export const fusedAttention = kernel(FUSED_ATTENTION.name, (call) => {
  const { backend } = call;
  const { runtime } = backend;
  const { B, T, A, K, scale, qkv, mask, maskImage, maskQuery } = attentionCall(call);
  const { info, address } = backend.makeResident([B, T, A * K]);

  const keyBytes = Math.ceil(T / 8) * K * 32;
  const pairBytes = keyBytes + Math.ceil(K / 8) * T * 32;
  const pairs = B * A;
  const group = Math.max(1, Math.min(pairs, Math.floor(PANELS / pairBytes)));
  const panels = runtime.heap.allocate(group * pairBytes);
  const blockQueries = Math.min(BLOCK_QUERIES, T);
  const blockKeys = Math.min(BLOCK_KEYS, Math.ceil(T / 8) * 8);
  const { bytes, sums, sumBytes, maxima, totals, scores } = layOut(blockQueries, blockKeys, K);
  const scratch = runtime.scratch(bytes);
  // of both jobs; written out, as engines are slow to spread so many properties
  const parameters = {
    qkv,
    T,
    A,
    K,
    firstPair: 0,
    pairs: 0,
    panels,
    keyBytes,
    pairBytes,
    scale,
    output: address,
    blockQueries,
    blockKeys,
    mask,
    maskImage,
    maskQuery,
    scratch: scratch.address,
    scratchStride: scratch.stride,
    sums,
    sumBytes,
    maxima,
    totals,
    scores,
  };
  for (let first = 0; first < pairs; first += group) {
    const count = Math.min(group, pairs - first);
    parameters.firstPair = first;
    parameters.pairs = count;
    runtime.run(PACK_HEADS_JOB, parameters, isSharedStream(backend, count * T * K * 2));
    runtime.run(ATTEND_JOB, parameters, isShared(backend, 2 * count * T * T * K));
  }
  runtime.heap.release(panels);
  return info;
});
