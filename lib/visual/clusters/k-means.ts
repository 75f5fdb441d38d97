/** Segments without labels: k-means of patches. */
import { OptionError } from '../../../errors/errors.ts';
import { integer, type OptionsOf, positiveInteger, readOptions } from '../../../options/rows.ts';
import { TorchGenerator } from '../../../random/torch-generator.ts';
import type { PatchMatrices } from '../matrix-passes.ts';
import { ClusterCentres } from './cluster-centres.ts';
import { type NearestCentres, nearestCentres } from './nearest-centres.ts';
import { plusPlusCentres } from './plus-plus-centres.ts';
import { type RowPasses, rowPassesOver } from './row-passes.ts';

/** How patches are put into clusters. */
export const K_MEANS_OPTIONS = {
  /** how many clusters; default 6 */
  k: positiveInteger({ default: 6, flag: '-k, --k <n>', help: 'how many segments' }),
  /** of the random numbers that choose where clusters start; default 0 */
  seed: integer({ default: 0, flag: '--seed <n>', help: 'another start of the search' }),
  /** how many starts are tried, of which the one of least inertia is taken; default 4 */
  starts: positiveInteger({ default: 4 }),
  /** how often centres are moved, if patches do not come to rest before; default 100 */
  maxIterations: positiveInteger({ default: 100 }),
};

/** How patches are put into clusters. */
export interface KMeansOptions extends OptionsOf<typeof K_MEANS_OPTIONS> {}

/** Clusters of patches, the one of most patches first. */
export interface Clusters {
  /** [N], of the patches of all images in their order; −1 for padding, which has no part in them */
  readonly labels: Int32Array;
  /** by which patches of any image are parted into these clusters */
  readonly centres: ClusterCentres;
  /** the sum of squared distances of patches from their centres */
  readonly inertia: number;
}

/** Patches by their nearest centres. */
interface Assignment extends NearestCentres {
  readonly inertia: number;
}

/**
 * Parts patches into clusters by k-means: Lloyd's iteration from k-means++ starts, in float64, with sums in one order: the same seed gives
 * the same bits everywhere. A cluster that loses all its patches begins anew at the patch that is farthest from its centre.
 *
 * @param matrices features of one model, layer and facet, as `fitPca` takes them; those that are not in memory are gone through about
 *   `starts` · (2 `k` + iterations) times
 * @throws OptionError if there are fewer patches than clusters, or a value is not finite; ShapeError on patches of different widths
 */
export async function kMeans(matrices: PatchMatrices, options: KMeansOptions = {}): Promise<Clusters> {
  const where = 'kMeans';
  const { k, seed, starts, maxIterations } = readOptions(where, options, K_MEANS_OPTIONS);
  const passes = await rowPassesOver(where, matrices);
  if (k > passes.count) {
    throw new OptionError(
      `${where}: expected k of at most the ${passes.count} patches, got ${k}; ask for fewer clusters`,
    );
  }
  const generator = new TorchGenerator(seed);
  let best: { centres: Float64Array[]; assignment: Assignment } | undefined;
  for (let start = 0; start < starts; start++) {
    const found = await settle(passes, await plusPlusCentres(passes, k, generator), maxIterations);
    if (best === undefined || found.assignment.inertia < best.assignment.inertia) best = found;
  }
  if (best === undefined) throw new Error('internal: no start');
  const clusters = bySize(best.centres, best.assignment, passes.dim);
  return { ...clusters, labels: passes.ofAllPatches(clusters.labels) };
}

/** Moves centres until no patch changes its cluster. */
async function settle(
  passes: RowPasses,
  started: Float64Array[],
  maxIterations: number,
): Promise<{ centres: Float64Array[]; assignment: Assignment }> {
  let centres = started;
  let assignment = await assign(passes, centres);
  for (let turn = 0; turn < maxIterations; turn++) {
    centres = await moved(passes, centres, assignment);
    const next = await assign(passes, centres);
    const isAtRest = next.labels.every((label, i) => label === assignment.labels[i]);
    assignment = next;
    if (isAtRest) break;
  }
  return { centres, assignment };
}

/** Each patch to its nearest centre. */
async function assign(passes: RowPasses, centres: readonly Float64Array[]): Promise<Assignment> {
  const labels = new Int32Array(passes.count);
  const distances = new Float64Array(passes.count);
  for await (const { rows, start } of passes.parts()) {
    const nearest = nearestCentres(rows, centres);
    labels.set(nearest.labels, start);
    distances.set(nearest.distances, start);
  }
  return { labels, distances, inertia: distances.reduce((sum, distance) => sum + distance, 0) };
}

/** The means of clusters. */
async function moved(
  passes: RowPasses,
  centres: readonly Float64Array[],
  { labels, distances }: Assignment,
): Promise<Float64Array[]> {
  const next = centres.map(() => new Float64Array(passes.dim));
  const sizes = new Float64Array(centres.length);
  for (const label of labels) sizes[label] = sizes[label]! + 1;
  const farthest = farthestPatches(distances, sizes.filter((size) => size === 0).length);
  for await (const { rows, start } of passes.parts()) {
    rows.addByLabel(labels.subarray(start, start + rows.count), next);
    let empty = 0;
    for (const [c, centre] of next.entries()) {
      if (sizes[c] !== 0) continue;
      const patch = farthest[empty++]! - start;
      if (patch >= 0 && patch < rows.count) centre.set(rows.row(patch));
    }
  }
  for (const [c, centre] of next.entries()) {
    const size = Math.max(sizes[c]!, 1);
    for (let j = 0; j < centre.length; j++) centre[j] = centre[j]! / size;
  }
  return next;
}

/** The patches that are farthest from their centres, the farthest first. */
function farthestPatches(distances: Float64Array, count: number): number[] {
  if (count === 0) return [];
  const order = Array.from(distances, (_, i) => i);
  return order.sort((a, b) => distances[b]! - distances[a]! || a - b).slice(0, count);
}

/** Clusters in the order of their sizes; of equally large ones that of the earlier patch is first. */
function bySize(centres: readonly Float64Array[], { labels, inertia }: Assignment, dim: number): Clusters {
  const sizes = centres.map(() => 0);
  const firsts = centres.map(() => labels.length);
  for (const [i, label] of labels.entries()) {
    sizes[label] = sizes[label]! + 1;
    firsts[label] = Math.min(firsts[label]!, i);
  }
  const order = [...centres.keys()].sort((a, b) => sizes[b]! - sizes[a]! || firsts[a]! - firsts[b]!);
  const sorted = new Float64Array(centres.length * dim);
  for (const [place, c] of order.entries()) sorted.set(centres[c]!, place * dim);
  return {
    labels: labels.map((label) => order.indexOf(label)),
    centres: new ClusterCentres(sorted, dim),
    inertia,
  };
}
