/** `dinov2 attention`: where a token of a model looks, by layer and head, or over all layers. */
import { Command } from 'commander';
import {
  ATTENTION_OPTIONS,
  type AttentionMaps,
  attentionMaps,
  attentionRollout,
  contactSheet,
  drawMarker,
  HEADS_OPTIONS,
  type OfView,
  option,
  type RawImage,
  ROLLOUT_OPTIONS,
} from '../../lib/index.ts';
import { addFlags, type Parsed, valuesOf } from '../flags.ts';
import { DIGITS, DIGITS_MODEL } from '../package.ts';
import { refuseFlags } from '../refuse-flags.ts';
import { drawnView } from '../visual/drawn-view.ts';
import { HEAT_OPTIONS, heatMap, rangeRow } from '../visual/heat-map.ts';
import { inputImages } from '../visual/own-outputs.ts';
import { resultsOfImages } from '../visual/results-of-images.ts';
import { IMAGES_ARGUMENT, TRANSLUCENT, VISUAL_TABLES } from '../visual/visual-options.ts';
import { type Visual, VisualOutput } from '../visual/visual-output.ts';

/** In colours, every head is to be seen. */
const SHARED_OPTIONS = {
  ...ATTENTION_OPTIONS,
  scale: { ...ATTENTION_OPTIONS.scale, default: 'max' as const },
};

const OPTIONS = {
  rollout: option.bool({
    default: false,
    flag: '--rollout',
    help: 'one map of all layers up to --layer, in place of the heads of one',
  }),
  range: rangeRow(
    'the values of the first and the last colour (default: 0 to the largest); 0,0.2 shows what a few bright patches outshine',
  ),
};

/** So many heads stand side by side, and more in rows. */
const IN_A_ROW = 4;

/** Maps more than so many times as wide as high stand below one another, each as large as one alone. */
const WIDEST = 3;

/** Pixels of the longer side of one of several maps. */
const AMONG_OTHERS = 160;

async function run(given: string[], parsed: Parsed, command: Command): Promise<void> {
  const { rollout } = valuesOf(OPTIONS, parsed);
  refuseFlags(
    command,
    rollout ? HEADS_OPTIONS : ROLLOUT_OPTIONS,
    rollout ? 'with --rollout' : 'without --rollout',
  );
  const words = await inputImages(given);
  const output = await VisualOutput.open('attention', parsed, words, given);
  const results = resultsOfImages('looking', words, parsed, (model, images, options) => {
    const shared = { ...options, ...valuesOf(SHARED_OPTIONS, parsed) };
    return rollout
      ? attentionRollout(model, images, { ...shared, ...valuesOf(ROLLOUT_OPTIONS, parsed) })
      : attentionMaps(model, images, { ...shared, ...valuesOf(HEADS_OPTIONS, parsed) });
  });
  await output.write(visualsOf(parsed, results));
}

async function* visualsOf(
  parsed: Parsed,
  results: AsyncIterable<{ result: OfView & AttentionMaps }>,
): AsyncGenerator<Visual, void, undefined> {
  const { layer, query } = valuesOf(SHARED_OPTIONS, parsed);
  for await (const { result: small } of results) {
    const areInARow = small.maps.length > 1 && !isPanorama(small.seen);
    const result = drawnView(parsed, small, areInARow ? AMONG_OTHERS : undefined);
    const { index, grid, maps, names } = result;
    const { rows, columns } = grid;
    const facts = {
      layer,
      query,
      rows,
      columns,
      maps: maps.map((map, i) => ({ name: names[i], values: [...map] })),
    };
    yield { index, image: imageOf(parsed, result), facts };
  }
}

/** All maps of an image in the same colours: one alone, several with captions. */
function imageOf(parsed: Parsed, result: OfView & AttentionMaps): RawImage {
  const { maps, names, grid } = result;
  const { query } = valuesOf(SHARED_OPTIONS, parsed);
  const most = maps.reduce((largest, map) => map.reduce((a, b) => Math.max(a, b), largest), 0);
  const { range = [0, most] } = valuesOf(OPTIONS, parsed);
  const images = maps.map((map) => {
    const image = heatMap(parsed, result, map, range, TRANSLUCENT);
    if (typeof query === 'object' && 'x' in query) drawMarker(image, grid.toInput(query));
    return image;
  });
  const [first] = images;
  if (first === undefined) throw new Error('internal: an image without maps');
  if (images.length === 1) return first;
  const inARow = images.length <= IN_A_ROW ? images.length : undefined;
  const columns = isPanorama(first) ? 1 : inARow;
  return contactSheet(
    images.map((image, i) => ({ image, caption: names[i] })),
    { columns },
  );
}

function isPanorama({ width, height }: RawImage): boolean {
  return width > WIDEST * height;
}

const EXAMPLES = `
Examples:
  $ dinov2 attention ${DIGITS}/two.png --model ${DIGITS_MODEL} --output looks
  $ dinov2 attention ${DIGITS} --model ${DIGITS_MODEL} --rollout --output looks
  $ dinov2 attention cat.jpg --model facebook/dinov2-small --heads mean --query 60,40 --output looks`;

/** The verb `attention`. */
export function attentionCommand(): Command {
  const command = new Command('attention').argument(...IMAGES_ARGUMENT);
  return addFlags(
    command,
    SHARED_OPTIONS,
    HEADS_OPTIONS,
    OPTIONS,
    ROLLOUT_OPTIONS,
    HEAT_OPTIONS,
    ...VISUAL_TABLES,
  )
    .addHelpText('after', EXAMPLES)
    .action(run);
}
