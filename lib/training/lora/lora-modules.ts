/** The places of a model where adapters can be, under the names that peft has for them. */
import type { Linear } from '../../../layers/linear.ts';
import { linearsOf } from '../../../layers/linears-of.ts';
import type { FamilyNames } from '../../../weights/key-schemes/key-scheme.ts';
import { fill, generalise } from '../../../weights/key-schemes/name-pattern.ts';
import { type AnyModel, FAMILY_FILES } from '../../families/families.ts';

/** A linear layer of transformers: one of ours, or some of its rows, as we have queries, keys and values in one. */
export interface LoraModule {
  /** the name that peft has for it, such as `dinov2.encoder.layer.0.attention.q_proj` */
  readonly path: string;
  /** the names of it without the model's own in front: of transformers 5, and of 4, which has gate and up of SwiGLU in one */
  readonly aliases: readonly string[];
  /** what our names of its adapter begin with, such as `lora.blocks.0.attn.q_proj` */
  readonly name: string;
  readonly layer: Linear;
  /** our name of the layer's weight */
  readonly weight: string;
  /** the first of its outputs among those of the layer, and how many it has */
  readonly start: number;
  readonly outputs: number;
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
  const { hf5, hf } = names.schemes;
  if (hf5 === undefined || hf === undefined) return [];
  const [rows, rowsOf4] = [new Map(hf5.rows), new Map(hf.rows)];
  const layers = new Map<unknown, Linear>(linearsOf(model).map((layer) => [layer.weight, layer]));
  return [...model.parameters].flatMap(([weight, tensor]): LoraModule[] => {
    const layer = layers.get(tensor);
    if (layer === undefined || weight.startsWith('patch_embed.')) return [];
    const { pattern, ...placeholders } = generalise(weight);
    const moduleOf = (row: string): string => fill(row, placeholders).replace(/\.weight$/, '');
    const prefix = names.prefixOf(weight, { tensors: model.parameters }, hf5, {});
    const ofFour = (rowsOf4.get(pattern) ?? []).map(moduleOf);
    return (rows.get(pattern) ?? []).map(moduleOf).map((module, part, { length: parts }) => {
      const outputs = layer.weight.shape[0] / parts;
      return {
        path: prefix + module,
        aliases: [module, ofFour.length === parts ? ofFour[part] : ofFour[0]].filter(
          (alias) => alias !== undefined,
        ),
        name: `lora.${weight.replace(/[^.]+\.weight$/, module.slice(module.lastIndexOf('.') + 1))}`,
        ...{ layer, weight, outputs, start: part * outputs },
      };
    });
  });
}

/** The name that transformers 5 has for a weight of the head, such as `classifier.weight`. */
export function headPath(model: AnyModel, ours: string): string {
  const { pattern, ...placeholders } = generalise(ours);
  const row = namesOf(model).schemes.hf5?.rows.find(([name]) => name === pattern);
  return fill(row?.[1][0] ?? pattern, placeholders);
}
