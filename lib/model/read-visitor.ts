/** The forward option `attentionVisitor`, in the form in which the encoder takes it. */
import { tagOf } from '../../bytes/tag-of.ts';
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import type { AttentionVisitor } from '../../layers/attention-visitor.ts';

/**
 * A visitor whose layers are counted from the first.
 *
 * @param given as the caller has it; null and undefined are none
 * @param depth L
 * @returns undefined where nobody looks on
 * @throws OptionError on what is no visitor or no layer; when a visit gives a promise, which would read tensors that are gone
 */
export function readVisitor(
  where: string,
  given: AttentionVisitor | null | undefined,
  depth: number,
): AttentionVisitor | undefined {
  if (given === undefined || given === null) return undefined;
  if (!Array.isArray(given.layers) || typeof given.visit !== 'function') {
    throw new OptionError(
      `${where}: attentionVisitor must be { layers: [-1], visit(layer, { query, key, value }) }, got ${shown(given)}`,
    );
  }
  const layers = given.layers.map((layer: number) => {
    const fromFirst = layer < 0 ? layer + depth : layer;
    if (Number.isSafeInteger(fromFirst) && fromFirst >= 0 && fromFirst < depth) return fromFirst;
    throw new OptionError(
      `${where}: attentionVisitor: layers must be integers from ${-depth} to ${depth - 1}, got ${shown(layer)}`,
    );
  });
  return {
    layers,
    visit(layer, heads) {
      const result: unknown = given.visit(layer, heads);
      if (tagOf(result) !== 'Promise') return;
      throw new OptionError(
        `${where}: attentionVisitor: visit must look at once, got a function that gives a promise; keep(query.clone()) of TensorFlow.js holds a tensor until the pass is over`,
      );
    },
  };
}
