/** How good a classifier is, in tables and drawings. */
import { type ClassificationQuality, confusionPng, confusionSvg, OptionError } from '../lib/index.ts';
import type { LabelledImages } from './labelled-images.ts';
import { table } from './listing.ts';
import { printable } from './messages.ts';
import { requireWritable, writeOutput } from './write-file.ts';

/** A part in percent. */
export function percent(part: number): string {
  return `${(100 * part).toFixed(1)} %`;
}

/** How many images there are to learn from, and to test on. */
export function countsLine({ train, test, classes, testedOn }: LabelledImages): string {
  const [learnt, tested] = [train.labels.length, test.labels.length];
  return printable(
    `${learnt} images of ${classes.length} classes to learn from, ${tested} to test on: ${testedOn}`,
  );
}

/** The cells of a classifier's line: accuracy, the best five, mean F1. */
export function qualityCells({ accuracy, top5, macroF1 }: ClassificationQuality): string[] {
  return [percent(accuracy), percent(top5), macroF1.toFixed(3)];
}

/** What stands above them. */
export const QUALITY_HEAD = ['accuracy', 'top 5', 'macro F1'];

/** A line for each class that occurs, and what it is most often taken for instead. */
export function classTable(
  { perClass, confusion }: ClassificationQuality,
  classes: readonly string[],
): string {
  const rows = perClass.flatMap(({ precision, recall, f1, support }, id) => {
    const taken = confusion.some((row) => (row[id] ?? 0) > 0);
    if (support === 0 && !taken) return [];
    const others = (confusion[id] ?? []).map((count, other) => (other === id ? 0 : count));
    const most = Math.max(0, ...others);
    const mistaken = most === 0 ? '' : `${classes[others.indexOf(most)]} ${most}`;
    const name = printable(classes[id] ?? String(id));
    return [[name, String(support), percent(precision), percent(recall), f1.toFixed(3), printable(mistaken)]];
  });
  return table([['class', 'images', 'precision', 'recall', 'F1', 'taken for'], ...rows]);
}

/**
 * Refuses the file of a drawing that could not be written, before any work is done for it.
 *
 * @throws OptionError on another ending; SourceError
 */
export async function requireDrawing(file: string | undefined): Promise<void> {
  if (file === undefined) return;
  if (!/\.(svg|png)$/i.test(file))
    throw new OptionError(`--confusion: expected a file ending in .svg or .png, got ${file}`);
  await requireWritable(file);
}

/** Draws which classes are taken for which, of those that occur. */
export async function writeDrawing(
  file: string | undefined,
  { confusion }: ClassificationQuality,
  classes: readonly string[],
): Promise<void> {
  if (file === undefined) return;
  const drawn = { confusion, classes };
  await writeOutput(file, /\.svg$/i.test(file) ? confusionSvg(drawn) : await confusionPng(drawn));
}
