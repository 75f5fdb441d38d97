/** Fitting a PCA to the patches of images. */
import { OptionError } from '../../../errors/errors.ts';
import { type OptionsOf, positiveInteger, type Row, readOptions } from '../../../options/rows.ts';
import { writtenNumber } from '../../../options/written-number.ts';
import { gatherRows } from '../../learning/gather-rows.ts';
import { RowProducts } from '../../products/row-products.ts';
import { type MatrixPasses, type PatchMatrices, passesOver } from '../matrix-passes.ts';
import { type PatchMatrix, requireFinite } from '../patch-matrix.ts';
import { quantiles } from '../quantiles.ts';
import { CoMoments } from './co-moments.ts';
import {
  type Foreground,
  foregroundMask,
  foregroundScores,
  type ImageScores,
  isForegroundAbove,
  otsuThreshold,
  thresholdAt,
} from './foreground.ts';
import { PcaBasis } from './pca-basis.ts';
import { type PrincipalComponents, principalComponents } from './principal-components.ts';
import { scoresOf } from './scores.ts';
import { type Spread, spreadOfRows } from './spread.ts';

/** How a PCA is fitted. */
export const FIT_PCA_OPTIONS = {
  /** how many components; colours are made of three; default 3 */
  components: positiveInteger({ default: 3 }),
  /**
   * what the components are of: `none`: all patches; `auto`: those on one side of the threshold that parts scores on the first
   * component best (Otsu's); a number from 0 to 1: of the threshold at that part of the way from the lowest score to the highest.
   * The side of which fewer patches are at the border of their image is the foreground. Default `auto`
   */
  foreground: foregroundRow(),
  /** quantiles of scores that become the least and the most of a colour; default [0.01, 0.99] */
  range: rangeRow(),
};

/** How a PCA is fitted. */
export interface FitPcaOptions extends OptionsOf<typeof FIT_PCA_OPTIONS> {}

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
 *   foreground, than components, or a value is not finite
 */
export async function fitPca(matrices: PatchMatrices, options: FitPcaOptions = {}): Promise<PcaBasis> {
  const where = 'fitPca';
  const { components, foreground: split, range } = readOptions(where, options, FIT_PCA_OPTIONS);
  const passes = await passesOver(where, matrices);
  const all = await spreadOf(where, passes);
  if (split === 'none') return basisOf(passes, range, principalComponents(where, all, components));
  const foreground = await foregroundOf(passes, split, principalComponents(where, all, 1));
  if (foreground === undefined) return basisOf(passes, range, principalComponents(where, all, components));
  const inFront = await passesOfForeground(passes, foreground);
  const spread = await spreadOf(`${where}: foreground`, inFront);
  return basisOf(inFront, range, principalComponents(`${where}: foreground`, spread, components), foreground);
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
  const spread = moments?.toSpread() ?? spreadOfRows(new RowProducts(dim, parts));
  if (Number.isFinite(spread.total)) return spread;
  for await (const matrix of matrices()) requireFinite(where, matrix);
  throw new OptionError(`${where}: expected features whose squares have a sum, got too large ones`);
}

/** The split of all patches by their first component; undefined where all have one score. */
async function foregroundOf(
  passes: MatrixPasses,
  split: 'auto' | number,
  { mean, components: component }: PrincipalComponents,
): Promise<Foreground | undefined> {
  const images: ImageScores[] = [];
  for await (const { features, grid } of passes.matrices()) {
    const scores = foregroundScores(features, { mean, component });
    images.push(grid === undefined ? { scores } : { scores, grid });
  }
  const scores = joinedScores(images.map((image) => image.scores));
  const threshold = split === 'auto' ? otsuThreshold(scores) : thresholdAt(scores, split);
  if (threshold === undefined) return undefined;
  return { mean, component, threshold, isAbove: isForegroundAbove(images, threshold) };
}

/** The patches of each image that are foreground, of some images none. */
async function passesOfForeground(
  { isInMemory, matrices }: MatrixPasses,
  foreground: Foreground,
): Promise<MatrixPasses> {
  async function* selected(): AsyncGenerator<PatchMatrix, void, undefined> {
    for await (const { features, dim } of matrices()) {
      const mask = foregroundMask(foregroundScores(features, foreground), foreground);
      const rows = [...mask.keys()].filter((i) => mask[i] === 1);
      yield { features: gatherRows(features, dim, rows), dim };
    }
  }
  if (!isInMemory) return { isInMemory, matrices: selected };
  const kept: PatchMatrix[] = [];
  for await (const each of selected()) kept.push(each);
  return { isInMemory, matrices: () => kept };
}

/** A basis with the range of its scores over the patches that it colours. */
async function basisOf(
  passes: MatrixPasses,
  parts: readonly [low: number, high: number],
  components: PrincipalComponents,
  foreground?: Foreground,
): Promise<PcaBasis> {
  const scores: Float64Array[][] = Array.from(components.explainedVariance, () => []);
  for await (const { features } of passes.matrices()) {
    const ofImage = scoresOf(features, components.mean, components.components);
    for (const [c, each] of ofImage.entries()) scores[c]!.push(each);
  }
  const range = new Float64Array(2 * scores.length);
  for (const [c, each] of scores.entries()) range.set(quantiles(joinedScores(each), parts), 2 * c);
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

function foregroundRow(): Row<'auto' | 'none' | number, 'auto'> {
  const accepts = (given: unknown): given is 'auto' | 'none' | number =>
    given === 'auto' || given === 'none' || (typeof given === 'number' && given >= 0 && given <= 1);
  return {
    default: 'auto',
    flag: '--foreground <auto|none|number>',
    help: 'how the foreground is told from the background: a threshold that is found, none, or one from 0 to 1',
    refusal: ": expected 'auto', 'none' or a number from 0 to 1",
    accepts,
    parse(written) {
      const read = written === 'auto' || written === 'none' ? written : writtenNumber(written);
      if (!accepts(read)) throw new OptionError('expected auto, none or a number from 0 to 1');
      return read;
    },
  };
}

function rangeRow(): Row<readonly [low: number, high: number], readonly [low: number, high: number]> {
  return {
    default: [0.01, 0.99],
    refusal: ' must be two parts from 0 to 1, the lower first',
    accepts: (given) =>
      Array.isArray(given) && given.length === 2 && given[0] >= 0 && given[0] < given[1] && given[1] <= 1,
  };
}
