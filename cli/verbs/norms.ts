/** `dinov2 norms`: how long the tokens of images are, and which of them outlie. */
import { Command } from 'commander';
import {
  ARTEFACTS_OPTIONS,
  artefacts,
  artefactThreshold,
  drawBox,
  fillPadding,
  imagePatches,
  legend,
  option,
  PATCH_FEATURES_OPTIONS,
  type RawImage,
  sideBySide,
  tokenNorms,
  valueRange,
} from '../../lib/index.ts';
import { addFlags, type Parsed, valuesOf } from '../flags.ts';
import { DIGITS, DIGITS_MODEL } from '../package.ts';
import { drawnView } from '../visual/drawn-view.ts';
import { HEAT_OPTIONS, heatMap, rangeRow } from '../visual/heat-map.ts';
import { type Kept, KeptFeatures } from '../visual/kept-features.ts';
import { inputImages } from '../visual/own-outputs.ts';
import { featuresOfImages } from '../visual/results-of-images.ts';
import { IMAGES_ARGUMENT, VISUAL_TABLES } from '../visual/visual-options.ts';
import { type Visual, VisualOutput } from '../visual/visual-output.ts';

/** The model's final norm makes lengths alike. */
const FEATURES_OPTIONS = {
  ...PATCH_FEATURES_OPTIONS,
  applyLayernorm: option.bool({
    default: false,
    flag: '--layernorm',
    help: 'tokens after the model’s final norm',
  }),
};

const OPTIONS = {
  range: rangeRow(
    'the lengths of the first and the last colour (default: the least and the largest of all images)',
  ),
};

async function run(given: string[], parsed: Parsed): Promise<void> {
  const words = await inputImages(given);
  const output = await VisualOutput.open('norms', parsed, words, given);
  const features = featuresOfImages('looking', words, parsed, valuesOf(FEATURES_OPTIONS, parsed));
  await KeptFeatures.during(features, async (kept) => output.write(visualsOf(parsed, kept)));
}

/** All images in the same colours, and with one threshold; beside each what the colours stand for. */
async function* visualsOf(parsed: Parsed, kept: KeptFeatures): AsyncGenerator<Visual, void, undefined> {
  const parts: Float32Array[] = [];
  const ofImages: number[] = [];
  for await (const each of await kept.matrices()) {
    const norms = tokenNorms(each);
    parts.push(norms);
    for (const place of imagePatches(each.grid) ?? norms.keys()) ofImages.push(norms[place] ?? 0);
  }
  const all = Float32Array.from(ofImages);
  const threshold = artefactThreshold(all, valuesOf(ARTEFACTS_OPTIONS, parsed));
  const { range = valueRange(all) } = valuesOf(OPTIONS, parsed);
  const { colormap } = valuesOf(HEAT_OPTIONS, parsed);
  let place = 0;
  for await (const small of kept) {
    const each = drawnView(parsed, small);
    const norms = parts[place++] ?? new Float32Array();
    const mask = fillPadding(artefacts(norms, { threshold }), each.grid, () => 0);
    const image = heatMap(parsed, each, norms, range, 1);
    mark(image, each, mask);
    const bar = legend(image.height, range, { colormap });
    const { rows, columns } = each.grid;
    const facts = { rows, columns, threshold, artefacts: [...mask], norms: [...norms] };
    yield { index: each.index, image: sideBySide([{ image }, { image: bar }]), facts };
  }
}

/** Draws a box about each artefact. */
function mark(image: RawImage, { grid }: Kept, mask: Uint8Array): void {
  const [height, width] = grid.patchSize;
  for (const [patch, isArtefact] of mask.entries()) {
    if (isArtefact === 0) continue;
    const x = (patch % grid.columns) * width;
    const y = Math.floor(patch / grid.columns) * height;
    drawBox(image, { x, y, width, height }, { halo: 1 });
  }
}

const EXAMPLES = `
Examples:
  $ dinov2 norms ${DIGITS} --model ${DIGITS_MODEL} --output norms
  $ dinov2 norms cat.jpg --model facebook/dinov2-large --json --output norms`;

/** The verb `norms`. */
export function normsCommand(): Command {
  const command = new Command('norms').argument(...IMAGES_ARGUMENT);
  return addFlags(command, OPTIONS, ARTEFACTS_OPTIONS, FEATURES_OPTIONS, HEAT_OPTIONS, ...VISUAL_TABLES)
    .addHelpText('after', EXAMPLES)
    .action(run);
}
