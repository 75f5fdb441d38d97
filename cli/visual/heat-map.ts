/** Values of patches in colours, over the image that a model saw. */
import {
  COLOURISE_OPTIONS,
  colourise,
  fillPadding,
  GRID_OPTIONS,
  gridPlane,
  type OfView,
  OptionError,
  option,
  type RawImage,
  type ValueRange,
} from '../../lib/index.ts';
import { writtenNumbers } from '../../options/written-number.ts';
import { type Parsed, valuesOf } from '../flags.ts';
import { overSeen } from './over-seen.ts';

/** The colours of heat maps: dark where there is little, so that an image shows through. */
export const HEAT_OPTIONS = { colormap: { ...COLOURISE_OPTIONS.colormap, default: 'inferno' as const } };

/**
 * The row of what the first and the last colour stand for.
 *
 * @param help of the verb's values
 */
export function rangeRow(help: string): option.Row<ValueRange> {
  return option.value<ValueRange>({ flag: '--range <low,high>', help, parse: parseRange });
}

function parseRange(text: string): ValueRange {
  const [low = Number.NaN, high = Number.NaN, ...more] = writtenNumbers(text);
  if (Number.isFinite(low) && Number.isFinite(high) && low < high && more.length === 0) return [low, high];
  throw new OptionError('expected two numbers with a comma between, the lower one first');
}

/**
 * A value for each patch in the colours of `--colormap`, over the image that the model saw; padding has the first colour.
 *
 * @param values [N]
 * @param range what the first and the last colour stand for, the same for all images that are to be compared
 * @param opacity as `overSeen` takes it
 */
export function heatMap(
  parsed: Parsed,
  view: Pick<OfView, 'grid' | 'seen'>,
  values: Float32Array,
  range: ValueRange,
  opacity: number,
): RawImage {
  const { colormap } = valuesOf(HEAT_OPTIONS, parsed);
  const drawn = fillPadding(values.slice(), view.grid, () => range[0]);
  const plane = gridPlane(view.grid, drawn, valuesOf(GRID_OPTIONS, parsed));
  return overSeen(parsed, view, colourise(plane, { colormap, range }), opacity);
}
