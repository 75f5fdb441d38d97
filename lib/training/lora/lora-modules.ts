/** The places of a model where adapters can be, under the names that peft has for them. */
import type { Linear } from '../../../layers/linear.ts';
import { linearsOf } from '../../../layers/linears-of.ts';
import type { KeyScheme } from '../../../weights/key-schemes/key-scheme.ts';
import { fill, generalise } from '../../../weights/key-schemes/name-pattern.ts';
import { type AnyModel, FAMILIES } from '../../families/families.ts';

/** A linear layer of transformers: one of ours, or some of its rows, as we have queries, keys and values in one. */
export interface LoraModule {
  /** such as `dinov2.encoder.layer.0.attention.q_proj` */
  readonly path: string;
  /** what our names of its adapter begin with, such as `blocks.0.attn.q_proj` */
  readonly name: string;
  readonly layer: Linear;
  /** our name of its weight */
  readonly weight: string;
  readonly part: number;
  readonly parts: number;
}

/**
 * Every linear layer of a model as transformers 5 has it, in the order of its modules. The embedding of patches, a convolution there,
 * is none of them.
 */
export function loraModules(model: AnyModel): LoraModule[] {
  const { names } = FAMILIES[0].files;
  const scheme: KeyScheme | undefined = names.schemes.hf5;
  if (scheme === undefined) throw new Error('internal: no scheme hf5');
  const rows = new Map(scheme.rows);
  const layers = new Map(linearsOf(model).map((layer) => [layer.weight, layer]));
  return [...model.parameters].flatMap(([weight, tensor]): LoraModule[] => {
    const layer = layers.get(tensor as Linear['weight']);
    if (layer === undefined || weight.startsWith('patch_embed.')) return [];
    const { pattern, ...placeholders } = generalise(weight);
    const theirs = rows.get(pattern) ?? [];
    const prefix = names.prefixOf(weight, { tensors: new Map() }, scheme, {});
    return theirs.map((row, part) => {
      const path = prefix + fill(row, placeholders).replace(/\.weight$/, '');
      const leaf = path.slice(path.lastIndexOf('.') + 1);
      const name = weight.replace(/[^.]*\.weight$/, leaf);
      return { path, name, layer, weight, part, parts: theirs.length };
    });
  });
}
