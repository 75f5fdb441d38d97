/** `dinov2 segments`: parts of images that a model sees as alike, without labels. */
import { Command } from 'commander';
import {
  type Clusters,
  COLOURISE_OPTIONS,
  GRID_OPTIONS,
  gridImage,
  K_MEANS_OPTIONS,
  kMeans,
  PATCH_FEATURES_OPTIONS,
  palette,
} from '../../lib/index.ts';
import { addFlags, type Parsed, valuesOf } from '../flags.ts';
import { DIGITS, DIGITS_MODEL } from '../package.ts';
import { drawnView } from '../visual/drawn-view.ts';
import { overSeen } from '../visual/heat-map.ts';
import { KeptFeatures } from '../visual/kept-features.ts';
import { inputImages } from '../visual/own-outputs.ts';
import { featuresOfImages } from '../visual/results-of-images.ts';
import { IMAGES_ARGUMENT, VISUAL_TABLES } from '../visual/visual-options.ts';
import { type Visual, VisualOutput } from '../visual/visual-output.ts';

const OPTIONS = { k: K_MEANS_OPTIONS.k, seed: K_MEANS_OPTIONS.seed };

/** Segments are told apart better by more colours. */
const COLOUR_OPTIONS = { colormap: { ...COLOURISE_OPTIONS.colormap, default: 'turbo' as const } };

/** How much of an image its segments cover. */
const OPACITY = 0.7;

async function run(given: string[], parsed: Parsed): Promise<void> {
  const words = await inputImages(given);
  const output = await VisualOutput.open('segments', parsed, words, given);
  await KeptFeatures.during(featuresOfImages('looking', words, parsed), async (kept) => {
    const clusters = await kMeans(await kept.matrices(), valuesOf(OPTIONS, parsed));
    await output.write(visualsOf(parsed, kept, clusters));
  });
}

async function* visualsOf(
  parsed: Parsed,
  kept: KeptFeatures,
  { labels }: Clusters,
): AsyncGenerator<Visual, void, undefined> {
  const { colormap } = valuesOf(COLOUR_OPTIONS, parsed);
  const colourOf = palette(colormap, valuesOf(OPTIONS, parsed).k);
  let start = 0;
  for await (const small of kept) {
    const each = drawnView(parsed, small);
    const { index, grid } = each;
    const { rows, columns } = grid;
    const segments = labels.subarray(start, start + rows * columns);
    start += segments.length;
    const colours = new Uint8Array(3 * segments.length);
    // padding has no segment, and stays black
    for (const [i, label] of segments.entries()) colours.set(colourOf[label] ?? [], 3 * i);
    const image = overSeen(parsed, each, gridImage(grid, colours, valuesOf(GRID_OPTIONS, parsed)), OPACITY);
    yield { index, image, facts: { rows, columns, segments: [...segments] } };
  }
}

const EXAMPLES = `
Examples:
  $ dinov2 segments ${DIGITS} --model ${DIGITS_MODEL} --k 4 --output segments
  $ dinov2 segments cat.jpg photos/ --model facebook/dinov2-small --output segments`;

/** The verb `segments`. */
export function segmentsCommand(): Command {
  const command = new Command('segments').argument(...IMAGES_ARGUMENT);
  return addFlags(command, OPTIONS, PATCH_FEATURES_OPTIONS, COLOUR_OPTIONS, ...VISUAL_TABLES)
    .addHelpText('after', EXAMPLES)
    .action(run);
}
