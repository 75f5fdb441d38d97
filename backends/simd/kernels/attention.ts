/** Scaled dot-product attention in blocks. */
import { FUSED_ATTENTION } from '../../../ops/attention.ts';
import { ATTEND, PACK_HEADS } from '../job-kinds.ts';
import { input, isShared, isSharedStream, kernel, numberAttr } from './kernel.ts';

/** Queries whose scores exist at once. */
const BLOCK_QUERIES = 48;
/** Keys a query's scores exist for at once. */
const BLOCK_KEYS = 512;
/** Bytes of packed keys and values at a time; more heads than fit are done one group after the other. */
const PANELS = 64 * 2 ** 20;

/** Bytes of one head's keys and values in panels: `keyBytes` and `valueBytes` in `assembly/heads.ts`. */
function headPanelBytes(tokens: number, size: number): number {
  return Math.ceil(tokens / 8) * size * 32 + Math.ceil(size / 8) * tokens * 32;
}

/**
 * Bytes of a thread's working space, which `attend` in `assembly/attention.ts` divides: queries, outputs, the largest
 * score and the sum of the weights of every query, scores. What a product writes has room for 7 more rows, as tiles are
 * written whole; two parts start on cache lines.
 */
function scratchBytes(queries: number, keys: number, size: number): number {
  const wide = Math.ceil(size / 8) * 8;
  return 4 * (queries * size + (queries + 7) * wide + 2 * queries + (queries + 7) * keys) + 2 * 64;
}

/** softmax(Q Kᵀ · scale + mask) V for every head, heads side by side in the output. */
export const fusedAttention = kernel(FUSED_ATTENTION.name, ({ backend, inputs, attrs }) => {
  const { runtime } = backend;
  const qkv = input(inputs, 'qkv');
  const { mask } = inputs;
  const [batch = 0, tokens = 0, packed = 0] = qkv.shape;
  const heads = numberAttr(attrs, 'numHeads');
  const size = packed / (3 * heads);
  const from = backend.resident(qkv);
  const maskAddress = mask === undefined ? 0 : backend.resident(mask);
  const [maskBatch = 1, , maskQueries = 1] = mask?.shape ?? [];
  const { info, address } = backend.makeResident([batch, tokens, heads * size]);

  const panelBytes = headPanelBytes(tokens, size);
  const pairs = batch * heads;
  const group = Math.max(1, Math.min(pairs, Math.floor(PANELS / panelBytes)));
  const panels = runtime.heap.allocate(group * panelBytes);
  const blockQueries = Math.min(BLOCK_QUERIES, tokens);
  const blockKeys = Math.min(BLOCK_KEYS, Math.ceil(tokens / 8) * 8);
  const scratch = runtime.scratch(scratchBytes(blockQueries, blockKeys, size));
  for (let first = 0; first < pairs; first += group) {
    const count = Math.min(group, pairs - first);
    const packing = [from, tokens, heads, size, first, count, panels];
    runtime.run(
      PACK_HEADS,
      packing,
      [numberAttr(attrs, 'scale')],
      isSharedStream(backend, count * tokens * size * 2),
    );
    const attending = [
      ...packing,
      address,
      blockQueries,
      blockKeys,
      maskAddress,
      maskBatch > 1 ? maskQueries * tokens * 4 : 0,
      maskQueries > 1 ? tokens * 4 : 0,
      scratch.address,
      scratch.stride,
    ];
    runtime.run(ATTEND, attending, [], isShared(backend, 2 * count * tokens * tokens * size));
  }
  runtime.heap.release(panels);
  return info;
});
