/** `dinov2 similarity`: how like a place of one image every patch of others is. */
import { resolve } from 'node:path';
import { Command } from 'commander';
import {
  type Box,
  drawBox,
  drawMarker,
  OptionError,
  option,
  PATCH_FEATURES_OPTIONS,
  type PatchFeatures,
  type Point,
  type RawImage,
  similarityMap,
} from '../../lib/index.ts';
import { writtenNumbers } from '../../options/written-number.ts';
import { expandImages } from '../expand-images.ts';
import { addFlags, type Parsed, valuesOf } from '../flags.ts';
import { DIGITS, DIGITS_MODEL } from '../package.ts';
import { drawnView } from '../visual/drawn-view.ts';
import { HEAT_OPTIONS, heatMap, rangeRow } from '../visual/heat-map.ts';
import { inputImages } from '../visual/own-outputs.ts';
import { featuresOfImages } from '../visual/results-of-images.ts';
import { TRANSLUCENT, VISUAL_TABLES } from '../visual/visual-options.ts';
import { type Visual, VisualOutput } from '../visual/visual-output.ts';

const OPTIONS = {
  at: option.required(
    option.value<Point | Box>({
      flag: '--at <x,y>',
      help: 'the place on the first image in its pixels, or x,y,width,height of a box',
      parse: place,
    }),
  ),
  range: rangeRow('the cosines of the first and the last colour (default: 0,1)'),
};

function place(text: string): Point | Box {
  const numbers = writtenNumbers(text);
  const [x, y, width, height, ...more] = numbers;
  if (x !== undefined && y !== undefined && more.length === 0 && numbers.every(Number.isFinite)) {
    if (width === undefined) return { x, y };
    if (height !== undefined && width > 0 && height > 0) return { x, y, width, height };
  }
  throw new OptionError('expected x,y or x,y,width,height in pixels');
}

async function run(word: string, others: string[], parsed: Parsed): Promise<void> {
  const [first = word, ...more] = await expandImages([word]);
  if (more.length > 0) throw new OptionError(`${word}: expected one image, got ${more.length + 1}`);
  const searched = others.length === 0 ? [] : await inputImages(others);
  // the first is searched itself, and stands in the folder of the others more often than not
  const words = [first, ...searched.filter((other) => resolve(other) !== resolve(first))];
  const output = await VisualOutput.open('similarity', parsed, words, others);
  await output.write(visualsOf(parsed, featuresOfImages('comparing', words, parsed)));
}

/** The map of each image; the first one's, with the place marked, comes first, and without it there are none. */
async function* visualsOf(
  parsed: Parsed,
  results: AsyncIterable<{ result: PatchFeatures }>,
): AsyncGenerator<Visual, void, undefined> {
  const { at, range = [0, 1] } = valuesOf(OPTIONS, parsed);
  let from: PatchFeatures | undefined;
  for await (const { result: small } of results) {
    const result = drawnView(parsed, small);
    if (result.index > 0 && from === undefined) return;
    from ??= result;
    const cosines = similarityMap(from, at, result);
    const image = heatMap(parsed, result, cosines, range, TRANSLUCENT);
    if (result === from) mark(image, from, at);
    const { index, grid } = result;
    const best = cosines.reduce((most, cosine, patch) => (cosine > (cosines[most] ?? 0) ? patch : most), 0);
    const { rows, columns } = grid;
    const facts = {
      best: { ...grid.centreOf(best), cosine: cosines[best] },
      rows,
      columns,
      cosines: [...cosines],
    };
    yield { index, image, facts };
  }
}

/** Draws the place into the image, which is as large as the model saw it. */
function mark(image: RawImage, { grid }: PatchFeatures, at: Point | Box): void {
  const corner = grid.toInput(at);
  if ('width' in at) {
    const { x, y } = grid.toInput({ x: at.x + at.width, y: at.y + at.height });
    drawBox(image, { ...corner, width: x - corner.x, height: y - corner.y }, { halo: 1 });
  } else {
    drawMarker(image, corner);
  }
}

const EXAMPLES = `
Examples:
  $ dinov2 similarity ${DIGITS}/two.png --at 30,30 ${DIGITS} --model ${DIGITS_MODEL} --output alike
  $ dinov2 similarity cat.jpg --at 40,30 photos/ --model facebook/dinov2-small --output alike`;

/** The verb `similarity`. */
export function similarityCommand(): Command {
  const command = new Command('similarity')
    .argument('<image>', 'the image of the place')
    .argument('[images...]', 'images that are searched: files, folders, globs or URLs');
  return addFlags(command, OPTIONS, PATCH_FEATURES_OPTIONS, HEAT_OPTIONS, ...VISUAL_TABLES)
    .addHelpText('after', EXAMPLES)
    .action(run);
}
