/** `dinov2 evaluate`: how good a classifier is on labelled images. */
import { Command } from 'commander';
import {
  type DatasetEvaluation,
  Dinov2ForImageClassification,
  evaluateDataset,
  GRAPH_CACHE_OPTIONS,
  HEAD_OPTIONS,
  imageDataset,
} from '../../lib/index.ts';
import type { Failure } from '../each-image.ts';
import { addFlags, type Parsed, valuesOf } from '../flags.ts';
import { interruptible } from '../interruption.ts';
import { failed, sayPassedOver } from '../labelled-images.ts';
import { PASS_OPTIONS, RESULT_OPTIONS } from '../labelled-options.ts';
import { listing, table } from '../listing.ts';
import { loadOnEngine, loadProcessor } from '../load-model.ts';
import { MODEL_TABLES } from '../model-options.ts';
import { DIGIT_CLASSES, DIGITS_MODEL } from '../package.ts';
import { startProgress } from '../progress.ts';
import {
  classTable,
  percent,
  QUALITY_HEAD,
  qualityCells,
  requireDrawing,
  writeDrawing,
} from '../quality-tables.ts';
import { LABELS_OPTIONS, readLabels } from '../read-labels.ts';

async function run(path: string, parsed: Parsed): Promise<void> {
  const { confusion, json } = valuesOf(RESULT_OPTIONS, parsed);
  await requireDrawing(confusion);
  const processor = await loadProcessor(parsed);
  using model = await loadOnEngine(parsed, Dinov2ForImageClassification, {
    ...valuesOf(HEAD_OPTIONS, parsed),
    ...(await readLabels(parsed)),
  });
  const { id2label, problemType = 'single_label_classification' } = model.config;
  const labels = Object.values(id2label);
  const found = await imageDataset(path, { problemType, classes: labels });
  sayPassedOver(path, found);
  const dataset = found.test ?? found.validation ?? found.train;
  const failures: Failure[] = [];
  const bar = await startProgress('evaluating', dataset.items.length, 'images');
  let result: DatasetEvaluation;
  try {
    result = await interruptible((signal) =>
      evaluateDataset(model, dataset, {
        ...valuesOf(PASS_OPTIONS, parsed),
        processor,
        signal,
        onImage: (done) => bar.update(done),
        onError: failed(failures),
      }),
    );
  } finally {
    bar.stop();
  }
  const { images, classification, multiLabel, regression } = result;
  if (classification !== undefined) await writeDrawing(confusion, classification, labels);
  if (json) {
    const quality = { ...classification, ...multiLabel, ...regression };
    process.stdout.write(`${JSON.stringify({ images, classes: labels, ...quality, failures })}\n`);
  } else process.stdout.write(`${tablesOf(result, labels)}\n`);
}

function tablesOf(
  { images, classification, multiLabel, regression }: DatasetEvaluation,
  labels: readonly string[],
): string {
  const count = ['images', String(images)] as const;
  if (classification !== undefined) {
    const head = table([
      ['images', ...QUALITY_HEAD],
      [String(images), ...qualityCells(classification)],
    ]);
    return `${head}\n\n${classTable(classification, labels)}`;
  }
  if (regression !== undefined) {
    const { meanSquaredError, r2 } = regression;
    return listing(
      [count, ['mean squared error', meanSquaredError.toPrecision(4)], ['R²', r2.toFixed(4)]],
      20,
    );
  }
  const { microF1 = 0, macroF1 = 0, meanAveragePrecision = 0, perClass = [] } = multiLabel ?? {};
  const rows = perClass.map(({ precision, recall, f1, support }, id) => [
    labels[id] ?? String(id),
    String(support),
    percent(precision),
    percent(recall),
    f1.toFixed(3),
  ]);
  return [
    table([
      ['images', 'micro F1', 'macro F1', 'mean average precision'],
      [String(images), microF1.toFixed(3), macroF1.toFixed(3), meanAveragePrecision.toFixed(3)],
    ]),
    table([['label', 'images', 'precision', 'recall', 'F1'], ...rows]),
  ].join('\n\n');
}

const EXAMPLES = `
IMAGES is a folder with a folder for each class, whose names are labels of the model, or a .csv or .jsonl table with the columns
file_name and label. Of a folder with train, val and test, it is test.

Examples:
  $ dinov2 evaluate ${DIGIT_CLASSES} --model ${DIGITS_MODEL}
  $ dinov2 evaluate ${DIGIT_CLASSES}/train --model ${DIGITS_MODEL} --confusion digits.svg --json`;

/** The verb `evaluate`. */
export function evaluateCommand(): Command {
  const command = new Command('evaluate').argument(
    '<images>',
    'a folder of folders, one for each class, or a table',
  );
  const own = [HEAD_OPTIONS, LABELS_OPTIONS, RESULT_OPTIONS, PASS_OPTIONS];
  return addFlags(command, ...MODEL_TABLES, GRAPH_CACHE_OPTIONS, ...own)
    .addHelpText('after', EXAMPLES)
    .action(run);
}
