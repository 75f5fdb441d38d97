/** The passes that every graph goes through. */
import type { Graph } from '../ir/graph.ts';
import { foldAttentionScale } from './fold-attention-scale.ts';
import { foldConstants } from './fold-constants.ts';
import { foldLayerScale } from './fold-layer-scale.ts';
import { foldNormalisation } from './fold-normalisation.ts';
import { mergeProducts } from './merge-products.ts';
import { shareCommon } from './share-common.ts';
import { simplifyConcat } from './simplify-concat.ts';
import { sliceEarly } from './slice-early.ts';

const PASSES: readonly ((graph: Graph) => Graph)[] = [
  foldConstants,
  shareCommon,
  foldNormalisation,
  foldLayerScale,
  mergeProducts,
  simplifyConcat,
  foldAttentionScale,
  sliceEarly,
];

/**
 * A graph that computes the same in fewer and larger operations, to within rounding: the passes run until none of them
 * changes anything.
 *
 * @param after is given what each pass leaves
 */
export function optimise(graph: Graph, after: (graph: Graph) => void = () => undefined): Graph {
  let [before, current]: [Graph | undefined, Graph] = [undefined, graph];
  while (current !== before) {
    before = current;
    for (const pass of PASSES) {
      current = pass(current);
      after(current);
    }
  }
  return current;
}
