/** Fitting something to the features of images and drawing them by it, or drawing images by what was fitted before. */
import type { Command } from 'commander';
import {
  type option,
  PATCH_FEATURES_OPTIONS,
  type PatchFeatures,
  type PatchMatrices,
} from '../../lib/index.ts';
import { type Parsed, valuesOf } from '../flags.ts';
import { refuseFlags } from '../refuse-flags.ts';
import {
  checkModel,
  FEATURES_OPTIONS,
  type Fitted,
  featuresOfFitted,
  readFittedFile,
  requireFittedFile,
  writeFitted,
} from './fitted-file.ts';
import { type Kept, KeptFeatures } from './kept-features.ts';
import { inputImages } from './own-outputs.ts';
import { featuresOfImages } from './results-of-images.ts';
import { type Visual, VisualOutput } from './visual-output.ts';

/** A verb that fits something, and draws any image by it. */
export interface Fitting<Result extends Fitted> {
  readonly verb: string;
  /** what is fitted, with its article */
  readonly what: string;
  /** the flags that name its file: to draw by, and to be written */
  readonly flags: { readonly from: option.Row<string>; readonly save: option.Row<string> };
  /** how it is fitted, which means nothing to what was fitted before */
  readonly options: option.Table;
  fit(matrices: PatchMatrices, parsed: Parsed): Promise<Result>;
  fromBytes(bytes: Uint8Array, file: string): Promise<Result>;
  /** @param words of all images, by their index */
  draw(
    fitted: Result,
    images: AsyncIterable<Kept>,
    parsed: Parsed,
    words: readonly string[],
  ): AsyncIterable<Visual>;
}

/**
 * Runs such a verb.
 *
 * @param given images as the user wrote them
 */
export async function fitOrApply<Result extends Fitted>(
  fitting: Fitting<Result>,
  given: readonly string[],
  parsed: Parsed,
  command: Command,
): Promise<void> {
  const { from, save } = valuesOf(fitting.flags, parsed);
  const earlier = from === undefined ? undefined : await readFitted(fitting, from, command);
  if (save !== undefined) await requireFittedFile(longOf(fitting.flags.save), save);
  const words = await inputImages(given);
  const output = await VisualOutput.open(fitting.verb, parsed, words, given);
  const features = featuresOfImages('looking', words, parsed, {
    ...valuesOf(PATCH_FEATURES_OPTIONS, parsed),
    ...earlier?.features,
  });
  if (earlier !== undefined) {
    const { file, fitted } = earlier;
    const images = resultsAlone(features, ({ dim }) => checkModel(file, fitted, parsed, dim));
    await output.write(fitting.draw(fitted, images, parsed, words));
    return;
  }
  await KeptFeatures.during(features, async (kept) => {
    const fitted = await fitting.fit(await kept.matrices(), parsed);
    if (save !== undefined) await writeFitted(save, fitted, parsed);
    await output.write(fitting.draw(fitted, kept, parsed, words));
  });
}

/** What was fitted before, and the features it is to be given, if its file says them; refuses flags that say otherwise. */
async function readFitted<Result extends Fitted>(
  { what, flags, options, fromBytes }: Fitting<Result>,
  file: string,
  command: Command,
) {
  const [from, save] = [longOf(flags.from), longOf(flags.save)];
  refuseFlags(command, { save: flags.save, ...options }, `with ${from}`);
  const fitted = await fromBytes(await readFittedFile(file, what, save), file);
  const features = featuresOfFitted(fitted, file, save);
  if (features !== undefined) refuseFlags(command, FEATURES_OPTIONS, `with ${from}, which says it`);
  return { file, fitted, features };
}

/** A flag as messages call it. */
function longOf({ flag = '' }: option.Row<string>): string {
  return flag.split(' ')[0] ?? '';
}

/** @param seeFirst is given the first before it is yielded */
async function* resultsAlone(
  results: AsyncIterable<{ result: PatchFeatures }>,
  seeFirst: (first: PatchFeatures) => void,
): AsyncGenerator<PatchFeatures, void, undefined> {
  let isFirst = true;
  for await (const { result } of results) {
    if (isFirst) seeFirst(result);
    isFirst = false;
    yield result;
  }
}
