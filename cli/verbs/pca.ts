/** `dinov2 pca`: images in the colours of the principal components of what a model sees in them. */
import { Command } from 'commander';
import {
  FIT_PCA_OPTIONS,
  fitPca,
  GRID_OPTIONS,
  gridImage,
  option,
  PATCH_FEATURES_OPTIONS,
  PcaBasis,
} from '../../lib/index.ts';
import { addFlags, type Parsed, valuesOf } from '../flags.ts';
import { note } from '../messages.ts';
import { DIGITS, DIGITS_MODEL } from '../package.ts';
import { drawnView } from '../visual/drawn-view.ts';
import { type Fitting, fitOrApply } from '../visual/fit-or-apply.ts';
import type { Kept } from '../visual/kept-features.ts';
import { overSeen } from '../visual/over-seen.ts';
import { IMAGES_ARGUMENT, VISUAL_TABLES } from '../visual/visual-options.ts';
import type { Visual } from '../visual/visual-output.ts';

const FLAGS = {
  from: option.text({
    flag: '--basis <file>',
    help: 'colours of an earlier run, in a file of --save-basis; no image changes those of another',
  }),
  save: option.text({
    flag: '--save-basis <file>',
    help: 'the .safetensors file to keep the colours in',
  }),
};

const FIT_OPTIONS = {
  foreground: FIT_PCA_OPTIONS.foreground,
  foregroundSide: FIT_PCA_OPTIONS.foregroundSide,
};

const FITTING: Fitting<PcaBasis> = {
  verb: 'pca',
  what: 'a basis',
  flags: FLAGS,
  options: FIT_OPTIONS,
  fit: (matrices, parsed) => fitPca(matrices, valuesOf(FIT_OPTIONS, parsed)),
  fromBytes: PcaBasis.fromBytes,
  draw: visualsOf,
};

async function* visualsOf(
  basis: PcaBasis,
  images: AsyncIterable<Kept>,
  parsed: Parsed,
  words: readonly string[],
): AsyncGenerator<Visual, void, undefined> {
  const black: string[] = [];
  for await (const small of images) {
    const each = drawnView(parsed, small);
    const { index, grid } = each;
    const image = gridImage(grid, basis.colours(each), valuesOf(GRID_OPTIONS, parsed));
    const { rows, columns } = grid;
    const foreground = [...basis.foregroundOf(each)];
    if (!foreground.includes(1)) black.push(words[index] ?? '');
    const facts = {
      rows,
      columns,
      foreground,
      explainedVarianceRatio: [...basis.explainedVarianceRatio],
    };
    yield { index, image: overSeen(parsed, each, image, 1), facts };
  }
  sayBlack(black);
}

/** Says which images are black, and what to do about it: that is rarely what was hoped for. */
function sayBlack([first, ...others]: readonly string[]): void {
  if (first === undefined) return;
  const more = others.length === 0 ? '' : ` and ${others.length} more`;
  note(`${first}${more}: black, as all is background; colours fitted with --foreground none show it`);
}

const EXAMPLES = `
Examples:
  $ dinov2 pca ${DIGITS} --model ${DIGITS_MODEL} --foreground none --output colours
  $ dinov2 pca photos/ --model facebook/dinov2-small --save-basis basis.safetensors --output colours
  $ dinov2 pca 'frames/*.png' --model facebook/dinov2-small --basis basis.safetensors --output film`;

/** The verb `pca`. */
export function pcaCommand(): Command {
  const command = new Command('pca').argument(...IMAGES_ARGUMENT);
  return addFlags(command, FIT_OPTIONS, FLAGS, PATCH_FEATURES_OPTIONS, ...VISUAL_TABLES)
    .addHelpText('after', EXAMPLES)
    .action((given: string[], parsed: Parsed) => fitOrApply(FITTING, given, parsed, command));
}
