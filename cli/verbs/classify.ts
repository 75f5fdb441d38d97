/** `dinov2 classify`: labels for each image. */
import { Command } from 'commander';
import {
  CLASSIFY_OPTIONS,
  classifyImages,
  Dinov2ForImageClassification,
  GRAPH_CACHE_OPTIONS,
  HEAD_OPTIONS,
  option,
} from '../../lib/index.ts';
import { BATCH_OPTIONS, eachImage, printFailure } from '../each-image.ts';
import { expandImages } from '../expand-images.ts';
import { addFlags, type Parsed, valuesOf } from '../flags.ts';
import { loadOnEngine, loadProcessor } from '../load-model.ts';
import { printable } from '../messages.ts';
import { MODEL_TABLES } from '../model-options.ts';
import { DIGITS, DIGITS_MODEL } from '../package.ts';
import { LABELS_OPTIONS, readLabels } from '../read-labels.ts';

const OPTIONS = {
  json: option.bool({
    flag: '--json',
    help: 'a JSON object for each image, of those that can not be read too',
  }),
};

async function run(words: string[], parsed: Parsed): Promise<void> {
  const paths = await expandImages(words);
  const labels = await readLabels(parsed);
  const processor = await loadProcessor(parsed);
  using runnable = await loadOnEngine(parsed, Dinov2ForImageClassification, {
    ...valuesOf(HEAD_OPTIONS, parsed),
    ...labels,
  });
  const { json } = valuesOf(OPTIONS, parsed);
  const options = { processor, ...valuesOf(BATCH_OPTIONS, parsed), ...valuesOf(CLASSIFY_OPTIONS, parsed) };
  await eachImage(
    'classifying',
    paths,
    (images, { onError }) => classifyImages(runnable, images, { ...options, onError }),
    (image, { labels }) => {
      const cells = [image, ...labels.map(({ label, score }) => `${label} ${score.toFixed(4)}`)];
      const line = json ? JSON.stringify({ image, labels }) : cells.map(printable).join('\t');
      process.stdout.write(`${line}\n`);
    },
    json ? printFailure : undefined,
  );
}

const EXAMPLES = `
Examples:
  $ dinov2 classify ${DIGITS} --model ${DIGITS_MODEL} --top-k 1
  $ dinov2 classify cat.jpg --model facebook/dinov2-small-imagenet1k-1-layer
  $ dinov2 classify - --model facebook/dinov2-small-imagenet1k-1-layer --json < cat.jpg`;

/** The verb `classify`. */
export function classifyCommand(): Command {
  const command = new Command('classify').argument(
    '<images...>',
    'image files, folders, globs, URLs, or - for names or an image on stdin',
  );
  const own = [GRAPH_CACHE_OPTIONS, HEAD_OPTIONS, LABELS_OPTIONS, CLASSIFY_OPTIONS, BATCH_OPTIONS, OPTIONS];
  return addFlags(command, ...MODEL_TABLES, ...own)
    .addHelpText('after', EXAMPLES)
    .action(run);
}
