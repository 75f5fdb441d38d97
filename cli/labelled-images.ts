/** The labelled images of a command line, what a model sees of them, and which of them are for testing. */
import {
  type AnyModel,
  type BitImageProcessor,
  type Dataset,
  type DatasetFeatures,
  type DatasetSplits,
  datasetFeatures,
  imageDataset,
  type LearnableFeatures,
  OptionError,
  splitFeatures,
  takeFeatures,
} from '../lib/index.ts';
import type { Failure } from './each-image.ts';
import { type Parsed, valuesOf } from './flags.ts';
import { interruptible } from './interruption.ts';
import { KEPT_OPTIONS, LABELLED_OPTIONS, PASS_OPTIONS } from './labelled-options.ts';
import { note, noteOnce, say } from './messages.ts';
import { startProgress } from './progress.ts';
import { requireWritable } from './write-file.ts';

/** The share of each class that is tested on where there is nothing else. */
const SHARE = 0.2;

/** Features to learn from and to test on. */
export interface LabelledImages {
  readonly classes: readonly string[];
  readonly train: LearnableFeatures;
  readonly test: LearnableFeatures;
  /** images to choose by, where TRAIN has them beside those for testing */
  readonly validation?: LearnableFeatures;
  /** what is tested on, in words */
  readonly testedOn: string;
  readonly failures: readonly Failure[];
}

/**
 * Reads folders or tables and says what was passed over.
 *
 * @param classes those that labels must be among
 * @throws what `imageDataset` throws
 */
async function readLabelled(path: string, classes?: readonly string[]): Promise<DatasetSplits> {
  const found = await imageDataset(path, { problemType: 'single_label_classification', classes });
  sayPassedOver(path, found);
  return found;
}

/** Says which files in the folders of classes are no images by their endings. */
export function sayPassedOver(path: string, { passedOver }: DatasetSplits): void {
  if (passedOver.length === 0) return;
  const more = passedOver.length > 3 ? `, and ${passedOver.length - 3} more` : '';
  note(`${path}: passed over, as no image ends so: ${passedOver.slice(0, 3).join(', ')}${more}`);
}

/**
 * Computes the features of all images, those for testing included, at once, so that one file keeps them whatever is set aside.
 *
 * Images that can't be read are named and left out, and the command's status is 1.
 */
export async function labelledImages(
  path: string,
  parsed: Parsed,
  model: AnyModel,
  processor: BitImageProcessor,
): Promise<LabelledImages> {
  const { test: testPath, seed } = valuesOf(LABELLED_OPTIONS, parsed);
  const own = await readLabelled(path);
  const { classes } = own.train;
  const other = testPath === undefined ? undefined : await readLabelled(testPath, classes);
  const aside = other === undefined ? undefined : (other.test ?? other.validation ?? other.train);
  const parts = { train: own.train, validation: own.validation, test: aside ?? own.test };
  const items = Object.values(parts).flatMap((part) => part?.items ?? []);
  const failures: Failure[] = [];
  if (parts.test === undefined && parts.validation === undefined) requireSecondImage(path, own.train);
  const features = await computed({ ...own.train, items }, parsed, model, processor, failures);
  const take = ({ items: some }: Dataset): LearnableFeatures => {
    const part = new Set<unknown>(some);
    const rows = [...features.indices.keys()];
    return takeFeatures(
      features,
      rows.filter((row) => part.has(items[features.indices[row] ?? -1])),
    );
  };
  const shared = { classes, failures };
  if (parts.test !== undefined) {
    return {
      ...shared,
      train: take(parts.train),
      test: take(parts.test),
      ...(parts.validation && { validation: take(parts.validation) }),
      testedOn: testPath ?? `test of ${path}`,
    };
  }
  if (parts.validation !== undefined) {
    const [train, test] = [take(parts.train), take(parts.validation)];
    return { ...shared, train, test, testedOn: `validation images of ${path}` };
  }
  const { train, validation: test } = splitFeatures(takeFeatures(features), SHARE, { seed });
  return { ...shared, train, test, testedOn: 'a fifth of each class, set aside' };
}

/** Before time is spent on images of which none can be set aside. */
function requireSecondImage(path: string, { items, classes }: Dataset): void {
  if (items.length > new Set(items.map(({ label }) => label)).size) return;
  throw new OptionError(
    `${path}: expected a second image of a class, to test on, got ${items.length} of ${classes.length} classes; give others by --test`,
  );
}

async function computed(
  dataset: Dataset,
  parsed: Parsed,
  model: AnyModel,
  processor: BitImageProcessor,
  failures: Failure[],
): Promise<DatasetFeatures> {
  const { features: file } = valuesOf(KEPT_OPTIONS, parsed);
  if (file !== undefined) await requireFeaturesFile(file);
  const bar = await startProgress('reading images', dataset.items.length, 'images');
  try {
    return await interruptible((signal) =>
      datasetFeatures(model, dataset, {
        ...valuesOf(PASS_OPTIONS, parsed),
        ...(file !== undefined && { file }),
        processor,
        signal,
        onImage: (done) => bar.update(done),
        onError: failed(failures),
        onWarning: noteOnce,
      }),
    );
  } finally {
    bar.stop();
  }
}

/** Names an image that can't be read, and has the command end with status 1. */
export function failed(failures: Failure[]): (error: unknown, image: string) => void {
  return (error, image) => {
    const message = error instanceof Error ? error.message : String(error);
    say(message);
    failures.push({ image, error: message });
    process.exitCode = 1;
  };
}

async function requireFeaturesFile(file: string): Promise<void> {
  if (!file.endsWith('.safetensors'))
    throw new OptionError(`--features: expected a file ending in .safetensors, got ${file}`);
  await requireWritable(file);
}
