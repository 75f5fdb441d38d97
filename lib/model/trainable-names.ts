/** Which parameters of a model are trained. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { isRounded, type Precision } from '../../ops/precision.ts';

/**
 * The parts of a model that are trained: all of it, nothing, the head, the last n blocks with the final norm and the head, or
 * names of parameters, of which the beginning up to a point is enough: `blocks.11`, `norm`, `blocks.0.attn.qkv.weight`.
 */
export type TrainableParts = 'all' | 'none' | 'head' | `last ${number}` | readonly string[];

/** What is known of a model. */
export interface TrainedModel {
  readonly parameters: ReadonlyMap<string, Tensor>;
  readonly precision: Precision;
  readonly config: { readonly numHiddenLayers: number };
}

/**
 * The names of the parameters that parts stand for.
 *
 * @param where who asks, for error messages
 * @throws OptionError if there are no such parts, or a parameter of them is rounded
 */
export function trainableNames(where: string, parts: TrainableParts, model: TrainedModel): string[] {
  const names = [...model.parameters.keys()];
  const prefixes = prefixesOf(where, parts, model);
  const chosen = names.filter((name) => prefixes.some((prefix) => isUnder(name, prefix)));
  const unknown = prefixes.find((prefix) => !names.some((name) => isUnder(name, prefix)));
  if (unknown !== undefined) {
    throw new OptionError(
      `${where}: trainable: expected names of parameters or their beginnings, got ${shown(unknown)}, which none has; model.parameters has all names`,
    );
  }
  const rounded = chosen.find((name) => isRoundedIn(model, name));
  if (rounded !== undefined) {
    throw new OptionError(
      `${where}: trainable: expected weights in float32, got ${rounded} in ${model.precision}; load the model with precision: 'f32', or train its head`,
    );
  }
  return chosen;
}

/** The names of all parameters that can be trained: rounded weights can't. */
export function trainableByDefault(model: TrainedModel): string[] {
  return [...model.parameters.keys()].filter((name) => !isRoundedIn(model, name));
}

/** Whether a parameter of a model is rounded: of the blocks, the linear weights are. */
function isRoundedIn({ parameters, precision }: TrainedModel, name: string): boolean {
  return precision !== 'f32' && isRounded(name) && parameters.get(name)?.rank === 2;
}

function isUnder(name: string, prefix: string): boolean {
  return prefix === '' || name === prefix || name.startsWith(`${prefix}.`);
}

/** The beginnings of names that parts stand for; an empty one stands for all. */
function prefixesOf(
  where: string,
  parts: TrainableParts,
  { config, parameters }: TrainedModel,
): readonly string[] {
  if (Array.isArray(parts)) return parts;
  const hasHead = [...parameters.keys()].some((name) => isUnder(name, 'head'));
  if (parts === 'all') return [''];
  if (parts === 'none') return [];
  if (parts === 'head' && hasHead) return ['head'];
  const depth = config.numHiddenLayers;
  const count = Number(/^last (\d+)$/.exec(String(parts))?.[1]);
  if (count >= 1 && count <= depth) {
    const blocks = Array.from({ length: count }, (_, i) => `blocks.${depth - count + i}`);
    return [...blocks, 'norm', ...(hasHead ? ['head'] : [])];
  }
  const head = hasHead ? "'head', " : '';
  throw new OptionError(
    `${where}: trainable: expected 'all', 'none', ${head}'last 1' to 'last ${depth}' or names, got ${shown(parts)}`,
  );
}
