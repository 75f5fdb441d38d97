/** `dinov2 probe`: a linear classifier on what a model sees, and the model with it as its head. */
import { Command } from 'commander';
import {
  AutoModel,
  classifierToModel,
  evaluateClassification,
  fitLinearProbe,
  fitLogisticRegression,
  headInput,
  type LearnableFeatures,
  type LinearClassifier,
  LOGISTIC_OPTIONS,
  option,
  PROBE_OPTIONS,
  type ProbeInput,
  requireFreeFolder,
  SAVE_OPTIONS,
  savePretrained,
  splitFeatures,
  sweepLogisticRegression,
} from '../../lib/index.ts';
import { addFlags, type Parsed, valuesOf } from '../flags.ts';
import { interruptible } from '../interruption.ts';
import { type LabelledImages, labelledImages } from '../labelled-images.ts';
import { KEPT_OPTIONS, LABELLED_OPTIONS, PASS_OPTIONS, RESULT_OPTIONS } from '../labelled-options.ts';
import { table } from '../listing.ts';
import { loadProcessor, loadWithProgress } from '../load-model.ts';
import { note } from '../messages.ts';
import { TFJS_MODEL_TABLES } from '../model-options.ts';
import { DIGIT_CLASSES, DIGITS, DIGITS_MODEL } from '../package.ts';
import {
  classTable,
  countsLine,
  QUALITY_HEAD,
  qualityCells,
  requireDrawing,
  writeDrawing,
} from '../quality-tables.ts';

const { C } = LOGISTIC_OPTIONS;
const { epochs } = PROBE_OPTIONS;
const { overwrite } = SAVE_OPTIONS;

/** The share of each class that heads are chosen by, where TRAIN has no images for that. */
const SHARE = 0.2;

const OPTIONS = {
  classifier: option.choice(['logistic', 'linear'], {
    default: 'logistic',
    flag: '--classifier <kind>',
    help: "logistic: the minimum that scikit-learn looks for; linear: the best of Meta's linear heads",
  }),
  C,
  sweep: option.bool({
    flag: '--sweep',
    help: "choose -C among Meta's 45 by a tenth of the images (logistic)",
  }),
  epochs: { ...epochs, help: `${epochs.help} (linear)` },
  output: option.text({
    flag: '-o, --output <folder>',
    help: 'save the model with this head, for classify, evaluate and transformers',
  }),
  overwrite,
};

/** A classifier, what it reads, and what is to be said of how it was found. */
interface Found extends ProbeInput {
  readonly classifier: LinearClassifier;
  readonly settings: Readonly<Record<string, number | boolean>>;
}

const CLS: ProbeInput = { blocks: 1, averagePool: false };

function logistic(train: LearnableFeatures, parsed: Parsed): Found {
  const { C, sweep } = valuesOf(OPTIONS, parsed);
  const classifier = sweep ? sweepLogisticRegression(train).classifier : fitLogisticRegression(train, { C });
  if (!classifier.converged)
    note(
      `the fit stopped after ${classifier.iterations} steps, before its minimum; a smaller -C has one that is nearer`,
    );
  return { ...CLS, classifier, settings: { C: classifier.C, iterations: classifier.iterations } };
}

async function linear({ train, validation }: LabelledImages, parsed: Parsed): Promise<Found> {
  const { epochs } = valuesOf(OPTIONS, parsed);
  const { seed = 0 } = valuesOf(LABELLED_OPTIONS, parsed);
  const parts = validation === undefined ? splitFeatures(train, SHARE, { seed }) : { train, validation };
  const { best } = await fitLinearProbe(parts.train, parts.validation, { epochs, seed });
  const { blocks, averagePool, classifier, learningRate, accuracy } = best;
  return {
    blocks,
    averagePool,
    classifier,
    settings: { blocks, averagePool, learningRate, validation: accuracy },
  };
}

async function run(path: string, parsed: Parsed): Promise<void> {
  const { confusion, json } = valuesOf(RESULT_OPTIONS, parsed);
  const { classifier: kind, output, overwrite } = valuesOf(OPTIONS, parsed);
  await requireDrawing(confusion);
  if (output !== undefined) await requireFreeFolder(output, { overwrite });
  const processor = await loadProcessor(parsed);
  using model = await loadWithProgress(parsed, (source, load) => AutoModel.fromPretrained(source, load));
  const images = await labelledImages(path, parsed, model, processor);
  const { classes, train, test, testedOn, failures } = images;
  const found = kind === 'linear' ? await linear(images, parsed) : logistic(train, parsed);
  const scores = found.classifier.scores(headInput(test, found));
  const quality = evaluateClassification(scores, test.labels, test.numClasses);
  await writeDrawing(confusion, quality, classes);
  if (output !== undefined) {
    const { blocks, averagePool, classifier } = found;
    using headed = await classifierToModel(model, classifier, { labels: classes, blocks, averagePool });
    const { warnings } = await interruptible((signal) =>
      savePretrained(headed, output, { processor, overwrite, signal }),
    );
    for (const warning of warnings) note(warning);
  }
  if (json) {
    const counts = { train: train.labels.length, test: test.labels.length, testedOn, classes };
    const saved = output === undefined ? {} : { output };
    process.stdout.write(
      `${JSON.stringify({ ...counts, classifier: kind, ...found.settings, ...quality, ...saved, failures })}\n`,
    );
    return;
  }
  const settings = Object.entries(found.settings).map(([name, value]) => `${name} ${value}`);
  const tables = [
    countsLine(images),
    table([
      ['classifier', ...QUALITY_HEAD],
      [`${kind} (${settings.join(', ')})`, ...qualityCells(quality)],
    ]),
    classTable(quality, classes),
    ...(output === undefined ? [] : [`saved: ${output}`]),
  ];
  process.stdout.write(`${tables.join('\n\n')}\n`);
}

const EXAMPLES = `
TRAIN is a folder with a folder for each class, or train, val and test of these; or a .csv or .jsonl table with the columns file_name and
label. The model stays as it is: a head is fitted on its CLS tokens (logistic), or on those of its last blocks and the mean of its
patches (linear, of which transformers loads the heads of one block).

Examples:
  $ dinov2 probe ${DIGIT_CLASSES} --model ${DIGITS_MODEL} --output probe-of-digits
  $ dinov2 probe ${DIGIT_CLASSES}/train --model ${DIGITS_MODEL} --classifier linear --features train.safetensors
  $ dinov2 classify ${DIGITS} --model probe-of-digits --top-k 1`;

/** The verb `probe`. */
export function probeCommand(): Command {
  const command = new Command('probe').argument(
    '<train>',
    'a folder of folders, one for each class, or a table',
  );
  const own = [LABELLED_OPTIONS, OPTIONS, KEPT_OPTIONS, RESULT_OPTIONS, PASS_OPTIONS];
  return addFlags(command, ...TFJS_MODEL_TABLES, ...own)
    .addHelpText('after', EXAMPLES)
    .action(run);
}
