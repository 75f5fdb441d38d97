/** `dinov2 precision`: what f16 and i8 cost a model, and what they gain, beside f32. */
import { Command } from 'commander';
import {
  COMPARE_PRECISIONS_OPTIONS,
  comparePrecisions,
  DEVICE_OPTIONS,
  Dinov2Error,
  HEAD_OPTIONS,
  option,
  PROCESSOR_OPTIONS,
  type PrecisionReport,
  REPOSITORY_OPTIONS,
  setDevice,
  WEIGHTS_OPTIONS,
} from '../../lib/index.ts';
import { BATCH_OPTIONS, type Failure } from '../each-image.ts';
import { expandImages } from '../expand-images.ts';
import { addFlags, type Parsed, valuesOf } from '../flags.ts';
import { namedImages } from '../image-source.ts';
import { interruptible } from '../interruption.ts';
import { loadProcessor, repositoryOptions } from '../load-model.ts';
import { note, say } from '../messages.ts';
import { BACKEND_OPTIONS, FIELD_OPTIONS, INTERPOLATION_OPTIONS } from '../model-options.ts';
import { DIGITS, DIGITS_MODEL } from '../package.ts';
import { layersTable, precisionTable } from '../precision-tables.ts';
import { type Progress, startProgress } from '../progress.ts';

const OPTIONS = {
  layers: option.bool({ flag: '--layers', help: 'a second table: every layer and output' }),
  json: option.bool({ flag: '--json', help: 'one JSON object, with all there is' }),
};

async function run(model: string, words: string[], parsed: Parsed): Promise<void> {
  const images = words.length === 0 ? undefined : await expandImages(words);
  const failures: Failure[] = [];
  const report = await interruptible((signal) => compare(model, images, parsed, signal, failures));
  const { json, layers } = valuesOf(OPTIONS, parsed);
  if (report.synthetic) note('no images were given: an image of our own making was taken');
  if (json) process.stdout.write(`${JSON.stringify({ model, ...report, failures })}\n`);
  else process.stdout.write(`${precisionTable(report)}\n${layers ? `\n${layersTable(report)}\n` : ''}`);
}

async function compare(
  model: string,
  images: readonly string[] | undefined,
  parsed: Parsed,
  signal: AbortSignal,
  failures: Failure[],
): Promise<PrecisionReport> {
  await setDevice(valuesOf(BACKEND_OPTIONS, parsed).backend, valuesOf(DEVICE_OPTIONS, parsed));
  const options = valuesOf(COMPARE_PRECISIONS_OPTIONS, parsed);
  const processor = await loadProcessor({ ...parsed, model });
  const loading = await startProgress('loading', 0, 'bytes');
  const count = images?.length ?? 1;
  let comparing: Promise<Progress> | undefined;
  try {
    return await comparePrecisions(model, images && namedImages(images), {
      ...options,
      ...valuesOf(BATCH_OPTIONS, parsed),
      ...repositoryOptions(parsed),
      ...valuesOf(WEIGHTS_OPTIONS, parsed),
      ...valuesOf(HEAD_OPTIONS, parsed),
      fields: { ...valuesOf(FIELD_OPTIONS, parsed), ...valuesOf(INTERPOLATION_OPTIONS, parsed) },
      processor,
      signal,
      onProgress: ({ loaded, total }) => {
        if (comparing === undefined) loading.update(loaded, total);
      },
      onImages: (precision, done) => {
        loading.stop();
        comparing ??= startProgress('comparing', count * options.precisions.length, 'images');
        const before = count * options.precisions.indexOf(precision);
        void comparing.then((bar) => bar.update(before + done));
      },
      onError: (error, _name, index) => {
        // the last of which none could be read ends it
        if (!(error instanceof Dinov2Error) || failures.length === count - 1) throw error;
        say(error.message);
        failures.push({ image: images?.[index] ?? '', error: error.message });
        process.exitCode = 1;
      },
    });
  } finally {
    loading.stop();
    (await comparing)?.stop();
  }
}

const EXAMPLES = `
Without images, an image of our own making is taken: error and time are to be had of it, but not neighbours. docs/precision.md says
how to read the table.

Examples:
  $ dinov2 precision ${DIGITS_MODEL} ${DIGITS}
  $ dinov2 precision ${DIGITS_MODEL} ${DIGITS} --precisions i8 --layers
  $ dinov2 precision facebook/dinov2-base photos/ --precisions i8 --json > base.json`;

/** The verb `precision`. */
export function precisionCommand(): Command {
  const command = new Command('precision')
    .argument('<model>', 'folder, Hub id or page, URL, .safetensors or .pth file')
    .argument('[images...]', 'image files, folders, globs, URLs, or - for names or an image on stdin');
  const own = [COMPARE_PRECISIONS_OPTIONS, OPTIONS, BATCH_OPTIONS, HEAD_OPTIONS];
  const loading = [
    WEIGHTS_OPTIONS,
    PROCESSOR_OPTIONS,
    INTERPOLATION_OPTIONS,
    REPOSITORY_OPTIONS,
    FIELD_OPTIONS,
  ];
  return addFlags(command, ...own, BACKEND_OPTIONS, DEVICE_OPTIONS, ...loading)
    .addHelpText('after', EXAMPLES)
    .action(run);
}
