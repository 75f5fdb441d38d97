/** The gradient of scaled dot-product attention in blocks. */

import { ATTENTION_BACKWARD } from '../../../ops/backward/attention-backward.ts';
import { input } from '../../kernel-call.ts';
import { Job } from '../job.ts';
import { ATTEND_BACKWARD } from '../job-kinds.ts';
import * as slots from '../slots/attend-backward.ts';
import { attentionCall } from './attention-call.ts';
import { equalParts } from './equal-parts.ts';
import { isShared, kernel } from './kernel.ts';

/** Queries whose scores exist at once. */
const BLOCK_QUERIES = 64;
/** Keys a query's gradients of scores exist for at once. */
const BLOCK_KEYS = 64;

const ATTEND_BACKWARD_JOB = new Job(ATTEND_BACKWARD, slots);

/** A thread's working space: its size, and where in it each part is, in bytes; parts start on cache lines. */
function layOut(T: number, K: number, blockQueries: number, blockKeys: number) {
  let bytes = 0;
  const part = (values: number): number => {
    const start = bytes;
    bytes += Math.ceil(values / 16) * 64;
    return start;
  };
  const panels = blockQueries / 8;
  const wide = Math.ceil(K / 8) * 8;
  // what a product writes has room for 3 more rows, as tiles are written whole
  const places = {
    keys: part(T * K),
    values: part(T * K),
    keyColumns: part(K * T),
    dKeys: part((T + 3) * wide),
    dValues: part((T + 3) * wide),
    queryColumns: part(panels * K * 8),
    dyColumns: part(panels * K * 8),
    queryRows: part(wide * blockQueries),
    dyRows: part(wide * blockQueries),
    deltas: part(blockQueries),
    factors: part(blockQueries),
    weights: part((T + 3) * blockQueries),
    dQueries: part((K + 3) * blockQueries),
    dScores: part((blockKeys + 3) * blockQueries),
    dScorePanels: part(panels * blockKeys * 8),
  };
  return { ...places, sumBytes: wide * 4, bytes };
}

/** The gradient of softmax(Q Kᵀ · scale + mask) V by qkv, for every head. */
export const attentionBackward = kernel(ATTENTION_BACKWARD.name, (call) => {
  const { backend, inputs } = call;
  const { runtime } = backend;
  const { B, T, A, K, scale, qkv, mask, maskImage, maskQuery } = attentionCall(call);
  const output = backend.resident(input(inputs, 'output'));
  const dy = backend.resident(input(inputs, 'dy'));
  const { info, address } = backend.makeResident([B, T, 3 * A * K]);
  const blockQueries = Math.ceil(equalParts(T, BLOCK_QUERIES, 8) / 8) * 8;
  const blockKeys = equalParts(T, BLOCK_KEYS, 4);
  const { bytes, ...places } = layOut(T, K, blockQueries, blockKeys);
  const scratch = runtime.scratch(bytes);
  const parameters = {
    qkv,
    mask,
    output,
    dy,
    ...places,
    T,
    A,
    K,
    pairs: B * A,
    maskImage,
    maskQuery,
    dqkv: address,
    blockQueries,
    blockKeys,
    scratch: scratch.address,
    scratchStride: scratch.stride,
    scale,
  };
  runtime.run(ATTEND_BACKWARD_JOB, parameters, isShared(backend, 5 * B * A * T * T * K));
  return info;
});
