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

type Pass = (graph: Graph) => Graph;

/** Which tokens are needed is asked of a graph that is as small as it gets otherwise. */
const STAGES: readonly (readonly Pass[])[] = [
  [
    foldConstants,
    shareCommon,
    foldNormalisation,
    foldLayerScale,
    mergeProducts,
    simplifyConcat,
    foldAttentionScale,
  ],
  [sliceEarly, foldConstants, shareCommon],
];

/**
 * A graph that computes the same in fewer and larger operations, to within rounding: the passes of each stage run until
 * none of them changes anything.
 *
 * @param after is given what each pass leaves
 */
export function optimise(graph: Graph, after: (graph: Graph) => void = () => undefined): Graph {
  return STAGES.reduce((current, passes) => untilStable(current, passes, after), graph);
}

function untilStable(graph: Graph, passes: readonly Pass[], after: (graph: Graph) => void): Graph {
  const result = passes.reduce((current, pass) => {
    const next = pass(current);
    after(next);
    return next;
  }, graph);
  return result === graph ? graph : untilStable(result, passes, after);
}
