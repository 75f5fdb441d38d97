/** The places of a model where adapters can be, under the names that peft has for them. */
import type { Linear } from '../../../layers/linear.ts';
import { linearsOf } from '../../../layers/linears-of.ts';
import type { FamilyNames } from '../../../weights/key-schemes/key-scheme.ts';
import { fill, generalise } from '../../../weights/key-schemes/name-pattern.ts';
import { type AnyModel, FAMILY_FILES } from '../../families/families.ts';

/** A linear layer of transformers: one of ours, or some of its rows, as we have queries, keys and values in one. */
export interface LoraModule {
  /** such as `dinov2.encoder.layer.0.attention.q_proj` */
  readonly path: string;
  /** what our names of its adapter begin with, such as `blocks.0.attn.q_proj` */
  readonly name: string;
  readonly layer: Linear;
  /** our name of the layer's weight */
  readonly weight: string;
  /** which of so many equal parts of its rows it is */
  readonly part: number;
  readonly parts: number;
}

/** The names of a model's weights. */
export function namesOf({ config }: AnyModel): FamilyNames {
  const files = FAMILY_FILES.find(({ isConfig }) => isConfig(config));
  if (files === undefined) throw new Error('internal: a configuration of no family');
  return files.names;
}

/**
 * Every linear layer of a model as transformers 5 has it, in the order of its modules. The embedding of patches, a convolution there,
 * is none of them.
 */
export function loraModules(model: AnyModel): LoraModule[] {
  const names = namesOf(model);
  const scheme = names.schemes.hf5;
  if (scheme === undefined) return [];
  const rows = new Map(scheme.rows);
  const layers = new Map<unknown, Linear>(linearsOf(model).map((layer) => [layer.weight, layer]));
  return [...model.parameters].flatMap(([weight, tensor]) => {
    const layer = layers.get(tensor);
    if (layer === undefined || weight.startsWith('patch_embed.')) return [];
    const { pattern, ...placeholders } = generalise(weight);
    const prefix = names.prefixOf(weight, { tensors: model.parameters }, scheme, {});
    return (rows.get(pattern) ?? []).map((row, part, { length: parts }) => {
      const path = prefix + fill(row, placeholders).replace(/\.weight$/, '');
      const module = path.slice(path.lastIndexOf('.') + 1);
      return { path, name: weight.replace(/[^.]+\.weight$/, module), layer, weight, part, parts };
    });
  });
}
