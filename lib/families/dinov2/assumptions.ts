/** What is assumed of a model that no file describes, in words. */

import type { Dinov2Config } from './dinov2-config.ts';
import type { UntracedField } from './dinov2-fields.ts';
import { publishedHeads } from './published-heads.ts';

function described(config: Dinov2Config, field: UntracedField): string {
  if (field === 'imageSize') return `imageSize ${config.imageSize} of a square grid`;
  if (field !== 'numAttentionHeads') return `${field} ${config[field]}`;
  const { numAttentionHeads: heads, headDim, hiddenSize } = config;
  const basis =
    publishedHeads(hiddenSize) === undefined
      ? `of ${headDim} each, though no published model is ${hiddenSize} wide`
      : `as in published models ${hiddenSize} wide`;
  return `numAttentionHeads ${heads} (${basis})`;
}

/**
 * One sentence for a user about the fields in `config.inferred`.
 *
 * @param where the checkpoint as the user named it
 * @returns undefined if nothing is assumed
 */
export function assumptions(config: Dinov2Config, where: string): string | undefined {
  const { inferred } = config;
  if (inferred.length === 0) return undefined;
  const list = inferred.map((field) => described(config, field)).join(', ');
  const flag = inferred.includes('numAttentionHeads') ? ', --num-attention-heads on the command line' : '';
  return `${where}: no file says ${list}; these are assumed, and where one is wrong all values are: give it among the fields of the configuration${flag}`;
}
