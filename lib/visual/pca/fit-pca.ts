/** Fitting a PCA to the patches of images. */
import { OptionError } from '../../../errors/errors.ts';
import { readOptions } from '../../../options/rows.ts';
import { gatherRows } from '../../learning/gather-rows.ts';
import { RowMatrix } from '../../products/row-matrix.ts';
import { type MatrixPasses, type PatchMatrices, passesOver } from '../matrix-passes.ts';
import { type PatchMatrix, requireFinite } from '../patch-matrix.ts';
import { quantiles } from '../quantiles.ts';
import { CoMoments } from './co-moments.ts';
import { FIT_PCA_OPTIONS, type FitPcaOptions } from './fit-pca-options.ts';
import {
  type Foreground,
  foregroundMask,
  foregroundScores,
  type ImageScores,
  isInsideAbove,
  otsuThreshold,
  thresholdAt,
} from './foreground.ts';
import { foregroundGiven, type GivenForeground } from './given-foreground.ts';
import { PcaBasis } from './pca-basis.ts';
import { type PrincipalComponents, principalComponents } from './principal-components.ts';
import { scoresOf } from './scores.ts';
import { type Spread, spreadOfRows } from './spread.ts';

/** The part of the variance that is as good as none: float32 features leave less where they differ in fewer directions. */
const ROUNDING = 1e-12;

/**
 * Fits a PCA to the patches of one image or of many, with a split into foreground and background as in the DINOv2 paper: a first
 * component of all patches, a threshold on it, and the components of what is foreground.
 *
 * In float64, in one order of sums: the same bits everywhere. Of features in memory products are taken; those of an asynchronous
 * iterable that begins anew each time are gone through up to four times, one image at a time, and their co-moments, D² numbers, are
 * summed up.
 *
 * @param matrices features of one model, layer and facet; borrowed
 * @throws ShapeError if there are no patches, or patches of different widths; OptionError if there are fewer patches, or fewer of
 *   foreground, than `components` asks for, if none is foreground, or a value is not finite
 */
export async function fitPca(matrices: PatchMatrices, options: FitPcaOptions = {}): Promise<PcaBasis> {
  const where = 'fitPca';
  const {
    components,
    foreground: split,
    foregroundSide,
    range,
  } = readOptions(where, options, FIT_PCA_OPTIONS);
  if (foregroundSide !== undefined && (split === 'none' || typeof split === 'object')) {
    throw new OptionError(
      `${where}: foregroundSide: expected none without a threshold that is found, got ${foregroundSide}; leave it out`,
    );
  }
  const passes = await passesOver(where, matrices);
  const all = await spreadOf(where, passes);
  const foreground =
    split === 'none' ? undefined : await foregroundOf(where, passes, all, split, foregroundSide);
  if (foreground === undefined) return basisOf(passes, all, range, componentsOf(where, all, components));
  const inFront = passesOfForeground(passes, foreground);
  const spread =
    all.rows === undefined
      ? await spreadOf(`${where}: foreground`, inFront)
      : spreadOfRows(all.rows.only(maskOf(all.rows, foreground)));
  if (spread.count === 0) {
    throw new OptionError(
      `${where}: foreground: expected patches that are, got none; give another threshold, the other side, or 'none'`,
    );
  }
  return basisOf(
    inFront,
    spread,
    range,
    componentsOf(`${where}: foreground`, spread, components),
    foreground,
  );
}

/** The components that are asked for, or three if there are as many. */
function componentsOf(where: string, spread: Spread, count: number | undefined): PrincipalComponents {
  return principalComponents(where, spread, count ?? Math.min(3, spread.count, spread.mean.length));
}

/** The spread of the patches of all images. */
async function spreadOf(where: string, { isInMemory, matrices }: MatrixPasses): Promise<Spread> {
  const parts: Float32Array[] = [];
  let dim: number | undefined;
  let moments: CoMoments | undefined;
  for await (const matrix of matrices()) {
    dim = matrix.dim;
    if (isInMemory) parts.push(matrix.features);
    else if (matrix.features.length > 0) {
      moments ??= new CoMoments(Float64Array.from(matrix.features.subarray(0, dim)));
      moments.add(matrix.features);
    }
  }
  if (dim === undefined) throw new OptionError(`${where}: expected features of at least one image, got none`);
  const spread = moments?.toSpread() ?? spreadOfRows(new RowMatrix(dim, parts));
  if (Number.isFinite(spread.total)) return spread;
  for await (const matrix of matrices()) requireFinite(where, matrix);
  throw new OptionError(`${where}: expected features whose squares have a sum, got too large ones`);
}

/** The split of all patches, by their first component or as given; undefined where all have one score. */
async function foregroundOf(
  where: string,
  passes: MatrixPasses,
  all: Spread,
  split: 'auto' | number | GivenForeground,
  side: 'inside' | 'border' = 'inside',
): Promise<Foreground | undefined> {
  if (typeof split === 'object') return foregroundGiven(where, split, all.mean.length);
  const { mean, components: component } = principalComponents(where, all, 1);
  const ofAll = all.rows === undefined ? undefined : foregroundScores(all.rows, { mean, component });
  const images: ImageScores[] = [];
  let start = 0;
  for await (const { features, dim, grid } of passes.matrices()) {
    const scores =
      ofAll?.subarray(start, start + features.length / dim) ??
      foregroundScores(new RowMatrix(dim, [features]), { mean, component });
    start += scores.length;
    images.push(grid === undefined ? { scores } : { scores, grid });
  }
  const scores = ofAll ?? joinedScores(images.map((image) => image.scores));
  const threshold = split === 'auto' ? otsuThreshold(scores) : thresholdAt(scores, split);
  if (threshold === undefined) return undefined;
  return { mean, component, threshold, isAbove: isInsideAbove(images, threshold) === (side === 'inside') };
}

/** The patches of each image that are foreground, of some images none. */
function passesOfForeground({ isInMemory, matrices }: MatrixPasses, foreground: Foreground): MatrixPasses {
  async function* selected(): AsyncGenerator<PatchMatrix, void, undefined> {
    for await (const { features, dim } of matrices()) {
      const mask = maskOf(new RowMatrix(dim, [features]), foreground);
      const rows = [...mask.keys()].filter((i) => mask[i] === 1);
      yield { features: gatherRows(features, dim, rows), dim };
    }
  }
  return { isInMemory, matrices: selected };
}

/** [N], 1 where a row is foreground. */
function maskOf(rows: RowMatrix, foreground: Foreground): Uint8Array {
  return foregroundMask(foregroundScores(rows, foreground), foreground);
}

/** A basis with the range of its scores over the patches that it colours; the range of a component of mere rounding is empty. */
async function basisOf(
  passes: MatrixPasses,
  { rows }: Spread,
  parts: readonly [low: number, high: number],
  components: PrincipalComponents,
  foreground?: Foreground,
): Promise<PcaBasis> {
  const scores: Float64Array[][] = Array.from(components.explainedVariance, () => []);
  const add = (part: RowMatrix): void => {
    const ofPart = scoresOf(part, components.mean, components.components);
    for (const [c, each] of ofPart.entries()) scores[c]!.push(each);
  };
  if (rows !== undefined) add(rows);
  else for await (const { features, dim } of passes.matrices()) add(new RowMatrix(dim, [features]));
  const range = new Float64Array(2 * scores.length);
  for (const [c, each] of scores.entries()) {
    if (components.explainedVarianceRatio[c]! < ROUNDING) continue;
    range.set(quantiles(joinedScores(each), parts), 2 * c);
  }
  return new PcaBasis({ ...components, range, foreground });
}

function joinedScores(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
