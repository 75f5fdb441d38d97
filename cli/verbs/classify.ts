/** `dinov2 classify`: labels for each image. */
import { Command } from 'commander';
import { classify, Dinov2ForImageClassification } from '../../lib/index.ts';
import { addModelOptions, type ModelOptions, positiveInteger } from '../common-options.ts';
import { eachBatch } from '../each-batch.ts';
import { expandImages } from '../expand-images.ts';
import { loadProcessor, loadWithProgress, onEngine } from '../load-model.ts';
import { printable } from '../messages.ts';
import { LABELS_HELP, readLabels } from '../read-labels.ts';

interface ClassifyVerbOptions extends ModelOptions {
  head?: string;
  labels?: string;
  topK: number;
  batchSize: number;
  json?: boolean;
}

async function run(words: string[], options: ClassifyVerbOptions): Promise<void> {
  const paths = await expandImages(words);
  const { head, topK, batchSize, json } = options;
  const labels = options.labels === undefined ? undefined : await readLabels(options.labels);
  const processor = await loadProcessor(options);
  using model = await loadWithProgress(options, (source, load) =>
    Dinov2ForImageClassification.fromPretrained(source, {
      ...load,
      ...(head && { head }),
      ...(labels && { labels }),
    }),
  );
  using runnable = await onEngine(model, options);
  await eachBatch('classifying', { paths, processor, batchSize }, async ({ names, pixelValues }) => {
    const found = await classify(runnable, pixelValues, { topK });
    for (const [i, best] of found.entries()) {
      const image = names[i] ?? '';
      const line = json
        ? JSON.stringify({ image, labels: best })
        : [image, ...best.map(({ label, score }) => `${label} ${score.toFixed(4)}`)]
            .map(printable)
            .join('\t');
      process.stdout.write(`${line}\n`);
    }
  });
}

/** Builds the verb. */
export function classifyCommand(): Command {
  const command = new Command('classify')
    .description('the labels of each image, best first; a line each')
    .argument('<images...>', 'image files, folders or globs');
  addModelOptions(command)
    .option('--head <source>', 'a linear head in a file of its own, for a model that has none')
    .option('--labels <file>', LABELS_HELP)
    .option('-k, --top-k <n>', 'labels for each image', positiveInteger, 5)
    .option('--batch-size <n>', 'images computed at once', positiveInteger, 1)
    .option('--json', 'a JSON object for each image')
    .addHelpText(
      'after',
      `
Examples:
  $ dinov2 classify cat.jpg --model facebook/dinov2-small-imagenet1k-1-layer
  $ dinov2 classify examples/pictures/digits --model models/digits --top-k 1`,
    );
  return command.action(run);
}
