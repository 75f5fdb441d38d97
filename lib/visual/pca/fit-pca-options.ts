/** How a PCA is fitted. */
import { OptionError } from '../../../errors/errors.ts';
import { choice, type OptionsOf, positiveInteger, type Row } from '../../../options/rows.ts';
import { writtenNumber } from '../../../options/written-number.ts';
import { type GivenForeground, isGivenForeground } from './given-foreground.ts';

/** Which patches the components are of. */
type ForegroundOption = 'auto' | 'none' | number | GivenForeground;

/** How a PCA is fitted. */
export const FIT_PCA_OPTIONS = {
  /** how many components; colours are made of three; default 3, or as many as patches have if these are fewer */
  components: positiveInteger(),
  /**
   * what the components are of: `none`: all patches; `auto`: those on one side of the threshold that parts scores on the first
   * component best (Otsu's); a number from 0 to 1: of the threshold at that part of the way from the lowest score to the highest; a
   * split that is known: that of another basis, or a direction and a threshold of your own. Default `auto`
   */
  foreground: foregroundRow(),
  /**
   * which side of a threshold that is found is the foreground: `inside`, that of which fewer patches are at the border of their
   * image, or `border`, the other, where what you mean fills the images; default `inside`
   */
  foregroundSide: choice(['inside', 'border'], {
    flag: '--foreground-side <inside|border>',
    help: 'which side of the threshold: of fewer patches at the border (default), or the other, for things that fill the image',
  }),
  /** quantiles of scores that become the least and the most of a colour; default [0.01, 0.99] */
  range: rangeRow(),
};

/** How a PCA is fitted. */
export interface FitPcaOptions extends OptionsOf<typeof FIT_PCA_OPTIONS> {}

function foregroundRow(): Row<ForegroundOption, 'auto'> {
  const accepts = (given: unknown): given is 'auto' | 'none' | number =>
    given === 'auto' || given === 'none' || (typeof given === 'number' && given >= 0 && given <= 1);
  return {
    default: 'auto',
    flag: '--foreground <auto|none|number>',
    help: 'how the foreground is told from the background: a threshold that is found, none, or one from 0 to 1',
    refusal: ": expected 'auto', 'none', a number from 0 to 1 or { component, threshold } of finite numbers",
    accepts: (given) => accepts(given) || isGivenForeground(given),
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
