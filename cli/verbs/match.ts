/** `dinov2 match`: which patches of two images show the same, with lines between them. */
import { Command } from 'commander';
import {
  drawMatches,
  FIT_PCA_OPTIONS,
  fitPca,
  MATCH_OPTIONS,
  type MatchForeground,
  matchPatches,
  OptionError,
  option,
  PATCH_FEATURES_OPTIONS,
  type PatchFeatures,
  type PatchMatch,
  type RawImage,
  sideBySide,
} from '../../lib/index.ts';
import { expandImages } from '../expand-images.ts';
import { addFlags, type Parsed, valuesOf } from '../flags.ts';
import { DIGITS, DIGITS_MODEL } from '../package.ts';
import { drawnView } from '../visual/drawn-view.ts';
import { baseName } from '../visual/output-names.ts';
import { overSeen } from '../visual/over-seen.ts';
import { featuresOfImages } from '../visual/results-of-images.ts';
import { DRAWN_TABLES } from '../visual/visual-options.ts';
import { VisualOutput } from '../visual/visual-output.ts';

const OPTIONS = {
  lines: option.positiveInteger({
    default: 50,
    flag: '--lines <n>',
    help: 'how many of the best pairs are drawn; --json has all',
  }),
  foreground: {
    ...FIT_PCA_OPTIONS.foreground,
    default: 'none' as const,
    help: 'pairs of the foregrounds alone, told as pca tells them: auto, none, or a threshold from 0 to 1',
  },
};

async function run(first: string, second: string, parsed: Parsed): Promise<void> {
  const words = await expandImages([first, second]);
  if (words.length !== 2) throw new OptionError(`match: expected two images, got ${words.length}`);
  const output = await VisualOutput.open('match', parsed, [words.map(baseName).join('-')]);
  const both: PatchFeatures[] = [];
  for await (const { result } of featuresOfImages('looking', words, parsed))
    both.push(drawnView(parsed, result));
  const [from, to] = both;
  // what can't be read has been told
  if (from === undefined || to === undefined) return;
  const foreground = await foregroundOf(from, to, parsed);
  const matches = await matchPatches(from, to, {
    ...valuesOf(MATCH_OPTIONS, parsed),
    ...(foreground && { foreground }),
  });
  const drawn = draw(parsed, from, to, matches.slice(0, valuesOf(OPTIONS, parsed).lines));
  await output.write(one({ index: 0, image: drawn, facts: { images: words, matches } }));
}

async function* one<Item>(item: Item): AsyncGenerator<Item, void, undefined> {
  yield item;
}

/** The foreground of each, told in it alone: of both together it may be one of the images. Undefined where all patches take part. */
async function foregroundOf(
  from: PatchFeatures,
  to: PatchFeatures,
  parsed: Parsed,
): Promise<MatchForeground | undefined> {
  const { foreground } = valuesOf(OPTIONS, parsed);
  if (foreground === 'none') return undefined;
  const maskOf = async (image: PatchFeatures): Promise<Uint8Array> =>
    (await fitPca(image, { foreground, components: 1 })).foregroundOf(image);
  return { from: await maskOf(from), to: await maskOf(to) };
}

/** Lines between both images, over them as opaque as the command line says. */
function draw(
  parsed: Parsed,
  from: PatchFeatures,
  to: PatchFeatures,
  matches: readonly PatchMatch[],
): RawImage {
  const seen = sideBySide([{ image: from.seen }, { image: to.seen }]);
  return overSeen(parsed, { seen }, drawMatches(from, to, matches), 1);
}

const EXAMPLES = `
Examples:
  $ dinov2 match ${DIGITS}/two.png ${DIGITS}/three.png --model ${DIGITS_MODEL} --output pairs
  $ dinov2 match cat.jpg photos/one.jpg --model facebook/dinov2-small --ratio 0.9 --output pairs`;

/** The verb `match`. */
export function matchCommand(): Command {
  const command = new Command('match')
    .argument('<image>', 'an image file or its URL')
    .argument('<other>', 'another that shows the same, or the like');
  return addFlags(command, OPTIONS, MATCH_OPTIONS, PATCH_FEATURES_OPTIONS, ...DRAWN_TABLES)
    .addHelpText('after', EXAMPLES)
    .action(run);
}
