/** `dinov2 pca`: images in the colours of the principal components of what a model sees in them. */
import { readFile } from 'node:fs/promises';
import { Command } from 'commander';
import { codeOf } from '../../errors/code-of.ts';
import {
  FIT_PCA_OPTIONS,
  fitPca,
  GRID_OPTIONS,
  gridImage,
  OptionError,
  option,
  PATCH_FEATURES_OPTIONS,
  type PatchFeaturesOptions,
  PcaBasis,
  SourceError,
} from '../../lib/index.ts';
import { addFlags, type Parsed, valuesOf } from '../flags.ts';
import { note } from '../messages.ts';
import { DIGITS, DIGITS_MODEL } from '../package.ts';
import { refuseFlags } from '../refuse-flags.ts';
import { drawnView } from '../visual/drawn-view.ts';
import { overSeen } from '../visual/heat-map.ts';
import { type Kept, KeptFeatures } from '../visual/kept-features.ts';
import { inputImages } from '../visual/own-outputs.ts';
import { featuresOfImages } from '../visual/results-of-images.ts';
import { IMAGES_ARGUMENT, VISUAL_TABLES } from '../visual/visual-options.ts';
import { type Visual, VisualOutput } from '../visual/visual-output.ts';
import { requireWritable, writeOutput } from '../write-file.ts';

const OPTIONS = {
  basis: option.text({
    flag: '--basis <file>',
    help: 'colours of an earlier run, in a file of --save-basis; no image changes those of another',
  }),
  saveBasis: option.text({
    flag: '--save-basis <file>',
    help: 'the .safetensors file to keep the colours in',
  }),
};

/** Which features a basis is of; its file says it. */
const FEATURES_OPTIONS = {
  layer: PATCH_FEATURES_OPTIONS.layer,
  facet: PATCH_FEATURES_OPTIONS.facet,
  applyLayernorm: PATCH_FEATURES_OPTIONS.applyLayernorm,
};

const FIT_OPTIONS = {
  foreground: FIT_PCA_OPTIONS.foreground,
  foregroundSide: FIT_PCA_OPTIONS.foregroundSide,
};

async function run(given: string[], parsed: Parsed, command: Command): Promise<void> {
  const { basis: file, saveBasis } = valuesOf(OPTIONS, parsed);
  if (file !== undefined)
    refuseFlags(command, { saveBasis: OPTIONS.saveBasis, ...FIT_OPTIONS }, 'with --basis');
  if (saveBasis !== undefined) await requireBasisFile(saveBasis);
  const basis = file === undefined ? undefined : await readBasis(file);
  const kind = basis && featuresOf(basis, file);
  if (kind !== undefined) refuseFlags(command, FEATURES_OPTIONS, 'with --basis, which says it');
  const words = await inputImages(given);
  const output = await VisualOutput.open('pca', parsed, words, given);
  const features = featuresOfImages('looking', words, parsed, {
    ...valuesOf(PATCH_FEATURES_OPTIONS, parsed),
    ...kind,
  });
  if (basis !== undefined) {
    await output.write(visualsOf(parsed, words, basis, resultsAlone(features)));
    return;
  }
  await KeptFeatures.during(features, async (kept) => {
    const fitted = await fitPca(await kept.matrices(), valuesOf(FIT_OPTIONS, parsed));
    if (saveBasis !== undefined) {
      const features = JSON.stringify(valuesOf(FEATURES_OPTIONS, parsed));
      await writeOutput(saveBasis, fitted.toBytes({ features }));
    }
    await output.write(visualsOf(parsed, words, fitted, kept));
  });
}

async function requireBasisFile(file: string): Promise<void> {
  if (!file.endsWith('.safetensors')) {
    throw new OptionError(`--save-basis: expected a file ending in .safetensors, got ${file}`);
  }
  await requireWritable(file);
}

async function readBasis(file: string): Promise<PcaBasis> {
  const bytes = await readFile(file).catch((cause: unknown) => {
    const code = codeOf(cause);
    const found = code === 'ENOENT' ? 'no such file' : (code ?? cause);
    throw new SourceError(`${file}: expected the file of a basis, got ${found}; see --save-basis`, {
      cause,
    });
  });
  return PcaBasis.fromBytes(bytes, file);
}

/** Which features a basis is of; undefined if its file doesn't say it, as those of other programs. */
function featuresOf({ metadata: { features } }: PcaBasis, file = 'basis'): PatchFeaturesOptions | undefined {
  return features === undefined
    ? undefined
    : option.readOptions(file, JSON.parse(features), FEATURES_OPTIONS);
}

async function* resultsAlone<Result>(
  results: AsyncIterable<{ result: Result }>,
): AsyncGenerator<Result, void, undefined> {
  for await (const { result } of results) yield result;
}

async function* visualsOf(
  parsed: Parsed,
  words: readonly string[],
  basis: PcaBasis,
  images: AsyncIterable<Kept>,
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
  return addFlags(command, FIT_OPTIONS, OPTIONS, PATCH_FEATURES_OPTIONS, ...VISUAL_TABLES)
    .addHelpText('after', EXAMPLES)
    .action(run);
}
