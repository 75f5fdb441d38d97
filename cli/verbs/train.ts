/** `dinov2 train`: a classifier that learns from labelled images. */
import { dirname } from 'node:path';
import { Command } from 'commander';
import {
  type ClassificationQuality,
  type Dataset,
  Dinov2ForImageClassification,
  estimateTraining,
  imageDataset,
  type LoadOptions,
  OptionError,
  option,
  splitDataset,
  TRAIN_OPTIONS,
  type TrainingResult,
  type TrainOptions,
  train,
  WeightsError,
} from '../../lib/index.ts';
import { makeFolders } from '../../platform/make-folders-node.ts';
import { addFlags, type Parsed, valuesOf } from '../flags.ts';
import { interruptible } from '../interruption.ts';
import { sayPassedOver } from '../labelled-images.ts';
import { RESULT_OPTIONS } from '../labelled-options.ts';
import { listing, megabytes, table } from '../listing.ts';
import { loadProcessor, loadWithProgress } from '../load-model.ts';
import { note } from '../messages.ts';
import { TFJS_MODEL_TABLES } from '../model-options.ts';
import { lockOutput } from '../output-lock.ts';
import { DIGIT_CLASSES, DIGITS, DIGITS_MODEL } from '../package.ts';
import { startProgress } from '../progress.ts';
import { classTable, percent, requireDrawing, writeDrawing } from '../quality-tables.ts';
import { writeError } from '../write-file.ts';

/** The share of each class that is evaluated on where there is nothing else, as in transformers' example. */
const SHARE = 0.15;

const OPTIONS = {
  output: option.text({
    flag: '-o, --output <folder>',
    help: 'where checkpoints and the model at the end go',
  }),
  validation: option.text({
    flag: '--validation <images>',
    help: 'what to evaluate on, as TRAIN (default: val in TRAIN, else 15 % of each class)',
  }),
  newHead: option.bool({
    default: false,
    flag: '--new-head',
    help: 'begin with a new head, also where the model has one with these labels',
  }),
  dryRun: option.bool({
    default: false,
    flag: '--dry-run',
    help: 'say what it would take of memory and time, and train nothing',
  }),
};

/** Figures of an evaluation in their order, as tables name them. */
const FIGURES: Readonly<Record<string, string>> = {
  loss: 'loss',
  accuracy: 'accuracy',
  top5: 'top 5',
  microF1: 'micro F1',
  macroF1: 'macro F1',
  meanAveragePrecision: 'mean average precision',
  meanSquaredError: 'mean squared error',
  r2: 'R²',
};

/** What is learnt from, and what is evaluated on. */
interface Parts {
  readonly dataset: Dataset;
  /** undefined where there are too few images for it */
  readonly validation?: Dataset;
}

async function readParts(path: string, parsed: Parsed): Promise<Parts> {
  const { validation: other } = valuesOf(OPTIONS, parsed);
  const { seed } = valuesOf(TRAIN_OPTIONS, parsed);
  const own = await imageDataset(path);
  sayPassedOver(path, own);
  const { train: dataset } = own;
  if (other !== undefined) {
    const { classes, problemType } = dataset;
    const found = await imageDataset(other, { classes, problemType });
    sayPassedOver(other, found);
    return { dataset, validation: found.validation ?? found.test ?? found.train };
  }
  if (own.validation !== undefined) return { dataset, validation: own.validation };
  const { train: most, validation } = splitDataset(dataset, SHARE, seed === undefined ? {} : { seed });
  if (validation.items.length > 0) return { dataset: most, validation };
  note('there are too few images to set any aside: nothing is evaluated');
  return { dataset };
}

/** The model with a head for the classes: its own if it has one for them, else a new one. */
async function loadClassifier(
  parsed: Parsed,
  { classes, problemType }: Dataset,
): Promise<Dinov2ForImageClassification> {
  const load = (newHead: boolean): Promise<Dinov2ForImageClassification> => {
    const { seed } = valuesOf(TRAIN_OPTIONS, parsed);
    const head = newHead ? { newHead, labels: classes, ...(seed !== undefined && { seed }) } : {};
    return loadWithProgress(parsed, (source, options: LoadOptions) =>
      Dinov2ForImageClassification.fromPretrained(source, { ...options, ...head, problemType }),
    );
  };
  if (valuesOf(OPTIONS, parsed).newHead) return load(true);
  let model: Dinov2ForImageClassification;
  try {
    model = await load(false);
  } catch (error) {
    if (error instanceof WeightsError && error.missing.some((name) => /head|classifier/.test(name)))
      return load(true);
    throw error;
  }
  const labels = Object.values(model.config.id2label);
  if (classes.every((name) => labels.includes(name))) return model;
  model.dispose();
  note(`the model has a head with other labels, and gets a new one for ${classes.length} classes`);
  return load(true);
}

async function run(path: string, parsed: Parsed): Promise<void> {
  const { confusion, json } = valuesOf(RESULT_OPTIONS, parsed);
  const { output, dryRun } = valuesOf(OPTIONS, parsed);
  if (!output && !dryRun) {
    throw new OptionError('--output: expected a folder for the model, got none; add it, or --dry-run');
  }
  await requireDrawing(confusion);
  const { dataset, validation } = await readParts(path, parsed);
  const processor = await loadProcessor(parsed);
  using model = await loadClassifier(parsed, dataset);
  const options = {
    ...valuesOf(TRAIN_OPTIONS, parsed),
    processor,
    ...(validation && { validation }),
    onWarning: note,
  };
  if (!output || dryRun) {
    const estimate = await estimateTraining(model, dataset, options);
    if (json) process.stdout.write(`${JSON.stringify(estimate)}\n`);
    else process.stdout.write(`${estimateLines(estimate)}\n`);
    return;
  }
  const release = lockFolder(output);
  // let go of before a signal ends the command
  const result = await interruptible((signal) =>
    trainWithProgress(model, dataset, { ...options, output, signal }).finally(release),
  );
  const { quality } = result;
  const single = quality !== undefined && 'confusion' in quality ? quality : undefined;
  const labels = Object.values(model.config.id2label);
  if (single !== undefined) await writeDrawing(confusion, single, labels);
  if (json) {
    const { steps, ...rest } = result;
    process.stdout.write(`${JSON.stringify({ output, classes: labels, ...rest, steps: steps.length })}\n`);
  } else process.stdout.write(`${resultTables(result, single, labels, output)}\n`);
}

/** Locks a folder that may not be there yet, nor what it is in. */
function lockFolder(output: string): () => void {
  const folder = output.replace(/(?<=.)[/\\]+$/, '');
  try {
    makeFolders(dirname(folder));
  } catch (error) {
    throw writeError(folder, error);
  }
  return lockOutput(folder);
}

async function trainWithProgress(
  model: Dinov2ForImageClassification,
  dataset: Dataset,
  options: TrainOptions & { output: string },
): Promise<TrainingResult> {
  const bar = await startProgress('beginning', 0, 'images');
  try {
    const result = await train(model, dataset, {
      ...options,
      onImage(done, total) {
        bar.next('reading images', 'images');
        bar.update(done, total);
      },
      onStep({ step, totalSteps, loss, imagesPerSecond }) {
        bar.next('training', 'steps');
        bar.update(step, totalSteps, `loss ${loss.toFixed(4)} · ${imagesPerSecond.toFixed(1)} images/s`);
      },
      onEvaluation: ({ epoch, figures }) => {
        if (!process.stderr.isTTY) note(`epoch ${rounded(epoch)}: ${figuresLine(figures)}`);
      },
    });
    if (result.ended === 'aborted') {
      bar.stop();
      note(`stopped after step ${result.steps.length}; the same with --resume goes on from there`);
    }
    return result;
  } finally {
    bar.stop();
  }
}

function rounded(value: number): string {
  return String(Number(value.toFixed(2)));
}

function figuresLine(figures: Readonly<Record<string, number>>): string {
  return Object.entries(figures)
    .map(([name, value]) => `${FIGURES[name] ?? name} ${figureText(name, value)}`)
    .join(', ');
}

/** As the tables below have them: parts in percent. */
function figureText(name: string, value = Number.NaN): string {
  if (name === 'accuracy' || name === 'top5') return percent(value);
  return value.toFixed(name === 'loss' ? 4 : 3);
}

function estimateLines(estimate: Awaited<ReturnType<typeof estimateTraining>>): string {
  const { images, validationImages, steps, trainedParameters, parameters } = estimate;
  const { learningRate, memoryBytes, seconds } = estimate;
  return listing(
    [
      ['images', `${images} to learn from, ${validationImages} to evaluate on`],
      ['steps', String(steps)],
      ['learning rate', String(learningRate)],
      ['trained', `${trainedParameters} of ${parameters} values`],
      ['memory', `about ${megabytes(memoryBytes)}`],
      ['time', `about ${duration(seconds)} on this machine`],
    ],
    16,
  );
}

function duration(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  return seconds < 3600 ? `${Math.ceil(seconds / 60)} min` : `${(seconds / 3600).toFixed(1)} h`;
}

function resultTables(
  { evaluations, best, steps, ended, trained }: TrainingResult,
  quality: ClassificationQuality | undefined,
  labels: readonly string[],
  output: string,
): string {
  const found = evaluations[0]?.figures ?? {};
  const names = Object.keys(FIGURES).filter((name) => name in found);
  const rows = evaluations.map(({ step, epoch, figures }) => [
    rounded(epoch),
    String(step),
    ...names.map((name) => figureText(name, figures[name])),
    step === best?.step ? 'best' : '',
  ]);
  const why = ended === 'early' ? ', ended early as nothing got better' : '';
  return [
    `${steps.length} steps, ${trained.length} tensors trained${why}`,
    table([['epoch', 'step', ...names.map((name) => FIGURES[name] ?? name), ''], ...rows]),
    ...(quality === undefined ? [] : [classTable(quality, labels)]),
    `saved: ${output}`,
  ].join('\n\n');
}

const EXAMPLES = `
TRAIN is a folder with a folder for each class, or train, val and test of these; or a .csv or .jsonl table with the columns file_name and
label. The head alone learns in seconds, of features that are computed once; what else is trained takes about four passes for each image
and epoch, and a GPU for larger models: --dry-run says how long here. After Ctrl-C, the same with --resume goes on to the same weights.

Examples:
  $ dinov2 train ${DIGIT_CLASSES} --model ${DIGITS_MODEL} --new-head --epochs 10 --output digits-head
  $ dinov2 classify ${DIGITS} --model digits-head --top-k 1
  $ dinov2 train ${DIGIT_CLASSES} --model ${DIGITS_MODEL} --trainable last-2 --augment --dry-run`;

/** The verb `train`. */
export function trainCommand(): Command {
  const command = new Command('train').argument(
    '<train>',
    'a folder of folders, one for each class, or a table',
  );
  return addFlags(command, ...TFJS_MODEL_TABLES, OPTIONS, TRAIN_OPTIONS, RESULT_OPTIONS)
    .addHelpText('after', EXAMPLES)
    .action(run);
}
