/** The labels that a command line names. */
import { BUILT_IN_LABELS, builtInLabels, option, parseLabels } from '../lib/index.ts';
import { type Parsed, valuesOf } from './flags.ts';
import { readTextFile } from './read-text-file.ts';

const LISTS = BUILT_IN_LABELS.join(', ');

/** Which labels. */
export const LABELS_OPTIONS = {
  labels: option.text({
    flag: '--labels <file>',
    help: `labels of the classes: a JSON or text file, or ${LISTS}`,
  }),
};

/**
 * Reads a list that comes with the library, or a file, see `parseLabels`.
 *
 * @returns the labels in the order of their classes; nothing if the command line names none
 * @throws SourceError if there is no such file; ConfigError if it has no labels
 */
export async function readLabels(parsed: Parsed): Promise<{ labels?: readonly string[] }> {
  const { labels: name } = valuesOf(LABELS_OPTIONS, parsed);
  if (name === undefined) return {};
  const builtIn = BUILT_IN_LABELS.find((each) => each === name);
  if (builtIn !== undefined) return { labels: await builtInLabels(builtIn) };
  return { labels: parseLabels(await readTextFile(name, `a file of labels, or one of ${LISTS}`), name) };
}
