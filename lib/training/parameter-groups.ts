/** Which parameters are decayed, and which learn more slowly than others. */

/**
 * Whether weight decay holds for a parameter: all but biases and the weights of LayerNorm. Layer scale, tokens and positions are
 * decayed.
 *
 * Source: transformers 5.23.0, `Trainer.get_decay_parameter_names`.
 *
 * @param name in our spelling, such as `blocks.0.norm1.weight`
 */
export function isDecayed(name: string): boolean {
  return !/(^|\.)(bias$|norm[12]?\.)/.test(name);
}

/**
 * What the learning rate of a parameter is multiplied by, where it falls from layer to layer: the head and the final norm have 1, the
 * last block `decay`, and the embeddings `decay` to the power of L + 1.
 *
 * Source: facebookresearch/dinov2, `utils/param_groups.py`, `get_vit_lr_decay_rate`.
 *
 * @param depth L
 */
export function layerRate(name: string, depth: number, decay: number): number {
  const block = /^(?:lora\.)?blocks\.(\d+)\./.exec(name)?.[1];
  const isEmbedding = /^(cls_token|mask_token|pos_embed|register_tokens|patch_embed)\b/.test(name);
  const layer = block === undefined ? (isEmbedding ? 0 : depth + 1) : Number(block) + 1;
  return decay ** (depth + 1 - layer);
}
