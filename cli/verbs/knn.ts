/** `dinov2 knn`: how well the nearest labelled images say what an image is. */
import { Command } from 'commander';
import {
  AutoModel,
  type ClassificationQuality,
  evaluateClassification,
  fewShot,
  fitKnn,
  KNN_OPTIONS,
  type LearnableFeatures,
  OptionError,
  option,
  takeRows,
} from '../../lib/index.ts';
import { addFlags, type Parsed, valuesOf } from '../flags.ts';
import { labelledImages } from '../labelled-images.ts';
import { KEPT_OPTIONS, LABELLED_OPTIONS, PASS_OPTIONS, RESULT_OPTIONS } from '../labelled-options.ts';
import { table } from '../listing.ts';
import { loadProcessor, loadWithProgress } from '../load-model.ts';
import { TFJS_MODEL_TABLES } from '../model-options.ts';
import { DIGIT_CLASSES, DIGITS_MODEL } from '../package.ts';
import {
  classTable,
  countsLine,
  percent,
  QUALITY_HEAD,
  qualityCells,
  requireDrawing,
  writeDrawing,
} from '../quality-tables.ts';

const OPTIONS = {
  fewShot: option.value<readonly number[]>({
    flag: '--few-shot <n,…>',
    help: 'also with so many images of each class alone, drawn as Meta does',
    parse(written) {
      const counts = written.split(',').map(Number);
      if (counts.every((n) => Number.isSafeInteger(n) && n > 0)) return counts;
      throw new OptionError('expected positive integers with commas between');
    },
  }),
  tries: option.positiveInteger({
    default: 5,
    flag: '--tries <n>',
    help: 'draws for each number of --few-shot, whose mean is printed',
  }),
};

/** How good a number of neighbours is. */
interface Answer {
  readonly k: number;
  readonly quality: ClassificationQuality;
}

/** The same where a few images of each class are known. */
interface FewShotAnswer {
  readonly perClass: number;
  readonly k: number;
  readonly accuracy: number;
}

function answersOf(
  train: LearnableFeatures,
  test: LearnableFeatures,
  options: option.ReadOptions<typeof KNN_OPTIONS>,
): Answer[] {
  const votes = fitKnn(train, options).probabilities(test.features);
  return [...votes].map(([k, scores]) => ({
    k,
    quality: evaluateClassification(scores, test.labels, test.numClasses),
  }));
}

/** Source: facebookresearch/dinov2, `dinov2/eval/knn.py`: numbers of neighbours up to that of images, and that itself. */
function fewShotAnswers(train: LearnableFeatures, test: LearnableFeatures, parsed: Parsed): FewShotAnswer[] {
  const { fewShot: counts = [], tries } = valuesOf(OPTIONS, parsed);
  const { k: wanted = [10, 20, 100, 200], temperature } = valuesOf(KNN_OPTIONS, parsed);
  const { seed = 0 } = valuesOf(LABELLED_OPTIONS, parsed);
  return counts.flatMap((perClass) => {
    const ks = [...new Set([...wanted.filter((k) => k <= perClass), perClass])];
    const sums = new Map(ks.map((k) => [k, 0]));
    for (let attempt = 0; attempt < tries; attempt++) {
      const few = takeRows(train, fewShot(train.labels, perClass, seed + attempt));
      const votes = fitKnn(few, { k: ks, temperature }).probabilities(test.features);
      for (const [k, scores] of votes) {
        const { accuracy } = evaluateClassification(scores, test.labels, test.numClasses);
        sums.set(k, (sums.get(k) ?? 0) + accuracy);
      }
    }
    return [...sums].map(([k, sum]) => ({ perClass, k, accuracy: sum / tries }));
  });
}

async function run(path: string, parsed: Parsed): Promise<void> {
  const { confusion, json } = valuesOf(RESULT_OPTIONS, parsed);
  await requireDrawing(confusion);
  const processor = await loadProcessor(parsed);
  using model = await loadWithProgress(parsed, (source, load) => AutoModel.fromPretrained(source, load));
  const images = await labelledImages(path, parsed, model, processor);
  const { classes, train, test, testedOn, failures } = images;
  const answers = answersOf(train, test, valuesOf(KNN_OPTIONS, parsed));
  const few = fewShotAnswers(train, test, parsed);
  const best = answers.reduce((a, b) => (b.quality.accuracy > a.quality.accuracy ? b : a));
  await writeDrawing(confusion, best.quality, classes);
  if (json) {
    const results = answers.map(({ k, quality }) => ({ k, ...quality }));
    const counts = { train: train.labels.length, test: test.labels.length, testedOn, classes };
    process.stdout.write(`${JSON.stringify({ ...counts, results, fewShot: few, failures })}\n`);
    return;
  }
  const { tries } = valuesOf(OPTIONS, parsed);
  const tables = [
    countsLine(images),
    table([
      ['neighbours', ...QUALITY_HEAD],
      ...answers.map(({ k, quality }) => [String(k), ...qualityCells(quality)]),
    ]),
    ...(few.length === 0 ? [] : [fewShotTable(few, tries)]),
    `best of these, ${best.k}:\n${classTable(best.quality, classes)}`,
  ];
  process.stdout.write(`${tables.join('\n\n')}\n`);
}

function fewShotTable(answers: readonly FewShotAnswer[], tries: number): string {
  const rows = answers.map(({ perClass, k, accuracy }) => [String(perClass), String(k), percent(accuracy)]);
  return table([['images a class', 'neighbours', `accuracy, mean of ${tries} draws`], ...rows]);
}

const EXAMPLES = `
TRAIN is a folder with a folder for each class, or train, val and test of these; or a .csv or .jsonl table with the columns file_name and
label. Nothing is trained: each image is what the images nearest to it are, by the cosine of their CLS tokens, as in Meta's evaluation.

Examples:
  $ dinov2 knn ${DIGIT_CLASSES} --model ${DIGITS_MODEL} -k 1,5,10
  $ dinov2 knn ${DIGIT_CLASSES}/train --model ${DIGITS_MODEL} --test ${DIGIT_CLASSES}/test --few-shot 1,5
  $ dinov2 knn ${DIGIT_CLASSES} --model ${DIGITS_MODEL} --features digits.safetensors --confusion digits.svg`;

/** The verb `knn`. */
export function knnCommand(): Command {
  const command = new Command('knn').argument(
    '<train>',
    'a folder of folders, one for each class, or a table',
  );
  const own = [LABELLED_OPTIONS, KNN_OPTIONS, OPTIONS, KEPT_OPTIONS, RESULT_OPTIONS, PASS_OPTIONS];
  return addFlags(command, ...TFJS_MODEL_TABLES, ...own)
    .addHelpText('after', EXAMPLES)
    .action(run);
}
