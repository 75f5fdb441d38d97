/** `dinov2 segments`: parts of images that a model sees as alike, without labels. */
import { Command } from 'commander';
import {
  type Clusters,
  COLOURISE_OPTIONS,
  colormap,
  GRID_OPTIONS,
  gridImage,
  K_MEANS_OPTIONS,
  kMeans,
  PATCH_FEATURES_OPTIONS,
} from '../../lib/index.ts';
import { expandImages } from '../expand-images.ts';
import { addFlags, type Parsed, valuesOf } from '../flags.ts';
import { DIGITS, DIGITS_MODEL } from '../package.ts';
import { drawnView } from '../visual/drawn-view.ts';
import { featuresOfImages } from '../visual/features-of-images.ts';
import { overSeen } from '../visual/heat-map.ts';
import { KeptFeatures } from '../visual/kept-features.ts';
import { VISUAL_TABLES } from '../visual/visual-options.ts';
import { type Visual, VisualOutput } from '../visual/visual-output.ts';

const OPTIONS = { k: K_MEANS_OPTIONS.k, seed: K_MEANS_OPTIONS.seed };

/** Segments are told apart better by more colours. */
const COLOUR_OPTIONS = { colormap: { ...COLOURISE_OPTIONS.colormap, default: 'turbo' as const } };

/** How much of an image its segments cover. */
const OPACITY = 0.7;

async function run(given: string[], parsed: Parsed): Promise<void> {
  const words = await expandImages(given);
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
  const palette = paletteOf(parsed);
  let start = 0;
  for await (const small of kept) {
    const each = drawnView(parsed, small);
    const { index, grid } = each;
    const { rows, columns } = grid;
    const segments = labels.subarray(start, start + rows * columns);
    start += segments.length;
    const colours = new Uint8Array(3 * segments.length);
    for (const [i, label] of segments.entries()) colours.set(palette[label] ?? [], 3 * i);
    const image = overSeen(parsed, each, gridImage(grid, colours, valuesOf(GRID_OPTIONS, parsed)), OPACITY);
    yield { index, image, facts: { rows, columns, segments: [...segments] } };
  }
}

/** A colour [3] for each segment, evenly over the map. */
function paletteOf(parsed: Parsed): Uint8Array[] {
  const { k } = valuesOf(OPTIONS, parsed);
  const colours = colormap(valuesOf(COLOUR_OPTIONS, parsed).colormap);
  return Array.from({ length: k }, (_, i) => {
    const place = 3 * Math.floor((256 * (i + 0.5)) / k);
    return colours.subarray(place, place + 3);
  });
}

const EXAMPLES = `
Examples:
  $ dinov2 segments ${DIGITS} --model ${DIGITS_MODEL} --k 4 --output segments
  $ dinov2 segments cat.jpg photos/ --model facebook/dinov2-small --output segments`;

/** The verb `segments`. */
export function segmentsCommand(): Command {
  const command = new Command('segments').argument(
    '<images...>',
    'images: files, folders, globs or URLs; - for stdin',
  );
  return addFlags(command, OPTIONS, PATCH_FEATURES_OPTIONS, COLOUR_OPTIONS, ...VISUAL_TABLES)
    .addHelpText('after', EXAMPLES)
    .action(run);
}
