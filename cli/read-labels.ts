/** The labels that a command line names. */
import { BUILT_IN_LABELS, builtInLabels, parseLabels } from '../lib/index.ts';
import { readTextFile } from './read-text-file.ts';

/** What `--labels` takes, for the help. */
export const LABELS_HELP = `labels of the classes: a JSON or text file, or ${BUILT_IN_LABELS.join(', ')}`;

/**
 * @param name a list that comes with the library, or a file, see `parseLabels`
 * @returns the labels in the order of their classes
 * @throws SourceError if there is no such file; ConfigError if it has no labels
 */
export async function readLabels(name: string): Promise<readonly string[]> {
  const builtIn = BUILT_IN_LABELS.find((each) => each === name);
  if (builtIn !== undefined) return builtInLabels(builtIn);
  const text = await readTextFile(name, `a file of labels, or one of ${BUILT_IN_LABELS.join(', ')}`);
  return parseLabels(text, name);
}
