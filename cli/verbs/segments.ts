/** `dinov2 segments`: parts of images that a model sees as alike, without labels. */
import { Command } from 'commander';
import {
  ClusterCentres,
  COLOURISE_OPTIONS,
  GRID_OPTIONS,
  gridImage,
  K_MEANS_OPTIONS,
  kMeans,
  option,
  PATCH_FEATURES_OPTIONS,
  palette,
} from '../../lib/index.ts';
import { addFlags, type Parsed, valuesOf } from '../flags.ts';
import { DIGITS, DIGITS_MODEL } from '../package.ts';
import { drawnView } from '../visual/drawn-view.ts';
import { type Fitting, fitOrApply } from '../visual/fit-or-apply.ts';
import type { Kept } from '../visual/kept-features.ts';
import { overSeen } from '../visual/over-seen.ts';
import { IMAGES_ARGUMENT, TRANSLUCENT, VISUAL_TABLES } from '../visual/visual-options.ts';
import type { Visual } from '../visual/visual-output.ts';

const FLAGS = {
  from: option.text({
    flag: '--centres <file>',
    help: 'segments of an earlier run, in a file of --save-centres; no image changes those of another',
  }),
  save: option.text({
    flag: '--save-centres <file>',
    help: 'the .safetensors file to keep the centres of segments in',
  }),
};

const OPTIONS = { k: K_MEANS_OPTIONS.k, seed: K_MEANS_OPTIONS.seed };

/** Segments are told apart better by more colours. */
const COLOUR_OPTIONS = { colormap: { ...COLOURISE_OPTIONS.colormap, default: 'turbo' as const } };

const FITTING: Fitting<ClusterCentres> = {
  verb: 'segments',
  what: 'centres',
  flags: FLAGS,
  options: OPTIONS,
  fit: async (matrices, parsed) => (await kMeans(matrices, valuesOf(OPTIONS, parsed))).centres,
  fromBytes: ClusterCentres.fromBytes,
  draw: visualsOf,
};

async function* visualsOf(
  centres: ClusterCentres,
  images: AsyncIterable<Kept>,
  parsed: Parsed,
): AsyncGenerator<Visual, void, undefined> {
  const { colormap } = valuesOf(COLOUR_OPTIONS, parsed);
  const colourOf = palette(colormap, centres.count);
  for await (const small of images) {
    const each = drawnView(parsed, small);
    const { index, grid } = each;
    const { rows, columns } = grid;
    const segments = centres.labelsOf(each);
    const colours = new Uint8Array(3 * segments.length);
    // padding has no segment, and stays black
    for (const [i, label] of segments.entries()) colours.set(colourOf[label] ?? [], 3 * i);
    const drawn = gridImage(grid, colours, valuesOf(GRID_OPTIONS, parsed));
    const image = overSeen(parsed, each, drawn, TRANSLUCENT);
    yield { index, image, facts: { rows, columns, segments: [...segments] } };
  }
}

const EXAMPLES = `
Examples:
  $ dinov2 segments ${DIGITS} --model ${DIGITS_MODEL} --k 4 --output segments
  $ dinov2 segments cat.jpg photos/ --model facebook/dinov2-small --save-centres centres.safetensors --output segments
  $ dinov2 segments 'frames/*.png' --model facebook/dinov2-small --centres centres.safetensors --output film`;

/** The verb `segments`. */
export function segmentsCommand(): Command {
  const command = new Command('segments').argument(...IMAGES_ARGUMENT);
  return addFlags(command, OPTIONS, FLAGS, PATCH_FEATURES_OPTIONS, COLOUR_OPTIONS, ...VISUAL_TABLES)
    .addHelpText('after', EXAMPLES)
    .action((given: string[], parsed: Parsed) => fitOrApply(FITTING, given, parsed, command));
}
