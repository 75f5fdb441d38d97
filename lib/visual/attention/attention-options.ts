/** The options of attention maps and of rollouts. */
import { OptionError } from '../../../errors/errors.ts';
import { choice, integer, number, type Row } from '../../../options/rows.ts';
import { writtenNumbers } from '../../../options/written-number.ts';
import { type AttentionQuery, isAttentionQuery, parseAttentionQuery } from './attention-query.ts';
import { FUSIONS } from './rollout.ts';
import { SCALES } from './scale-map.ts';

/** Which heads: the mean of all, all, or some by their numbers from 0 on. */
export type AttentionHeads = 'mean' | 'all' | readonly number[];

const query: Row<AttentionQuery, 'cls'> = {
  default: 'cls',
  flag: '--query <token>',
  help: 'whose attention: cls, register:<i>, or x,y for the patch under that pixel of the image',
  accepts: isAttentionQuery,
  refusal: ": expected 'cls', { register: 0 } or { x, y }",
  parse: parseAttentionQuery,
};

const heads: Row<AttentionHeads, 'all'> = {
  default: 'all',
  flag: '--heads <which>',
  help: 'all, mean, or numbers from 0 on with commas between',
  accepts: (given) => given === 'mean' || given === 'all' || isNumbers(given),
  refusal: ": expected 'mean', 'all' or a list of numbers from 0 on",
  parse: parseHeads,
};

/** What both have. */
export const ATTENTION_OPTIONS = {
  /** 1…L, or negative from the end; default −1, the last; of a rollout, the last layer that is rolled out */
  layer: integer({
    default: -1,
    flag: '--layer <n>',
    help: 'the attention of which block: 1 for the first, −1 for the last',
  }),
  /** whose attention: that of CLS, of a register, or of the patch that sees a point of the image; default `cls` */
  query,
  /** what the values of each map are divided by: nothing, their sum or the largest of them; default `none` */
  scale: choice(SCALES, {
    default: 'none',
    flag: '--scale <how>',
    help: 'divide each map by its sum or its largest value',
  }),
};

/** Which maps of a layer. */
export const HEADS_OPTIONS = {
  /** the mean of all heads, all of them, or some by their numbers from 0 on; default `all` */
  heads,
};

/** How layers are rolled out. */
export const ROLLOUT_OPTIONS = {
  /** what becomes of the weights of all heads at one place; default `mean` */
  headFusion: choice(FUSIONS, {
    default: 'mean',
    flag: '--head-fusion <how>',
    help: 'of a rollout: what becomes of all heads',
  }),
  /** the share of a layer's weights, the lowest ones, that is taken for 0, but for that of CLS to itself; default 0 */
  discardRatio: number('a number of at least 0 and less than 1', (ratio) => ratio >= 0 && ratio < 1, {
    default: 0,
    flag: '--discard-ratio <share>',
    help: 'of a rollout: the share of weights, the lowest, that is taken for 0',
  }),
};

function isNumbers(value: unknown): value is readonly number[] {
  return (
    Array.isArray(value) && value.length > 0 && value.every((each) => Number.isSafeInteger(each) && each >= 0)
  );
}

function parseHeads(text: string): AttentionHeads {
  if (text === 'mean' || text === 'all') return text;
  const numbers = writtenNumbers(text);
  if (isNumbers(numbers)) return numbers;
  throw new OptionError('expected all, mean, or numbers from 0 on with commas between');
}
