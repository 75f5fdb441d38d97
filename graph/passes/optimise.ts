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

/** In this order: each leaves what the next one looks for, with constants folded in between. */
const PASSES: readonly ((graph: Graph) => Graph)[] = [
  foldConstants,
  shareCommon,
  foldNormalisation,
  foldLayerScale,
  foldConstants,
  mergeProducts,
  simplifyConcat,
  foldConstants,
  simplifyConcat,
  foldConstants,
  foldAttentionScale,
  sliceEarly,
  foldConstants,
  shareCommon,
];

/** A graph that computes the same in fewer and larger operations, to within rounding. */
export function optimise(graph: Graph): Graph {
  return PASSES.reduce((current, pass) => pass(current), graph);
}
