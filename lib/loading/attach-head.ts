/** A linear head of a file of its own, and labels, as a classifier is loaded. */
import { type JoinedCheckpoint, joinHead } from '../../weights/heads/join-head.ts';
import { openCheckpoint } from '../../weights/open-checkpoint.ts';
import { openRepository } from '../../weights/repositories/open-repository.ts';
import type { Dinov2Config } from '../configuration/dinov2-config.ts';
import { type BuiltInLabels, builtInLabels, id2labelOf } from '../configuration/labels.ts';
import type { LoadOptions, ModelSource, OpenedModel } from './load-model.ts';

/** How a classifier is found and read. */
export interface ClassifierLoadOptions extends LoadOptions {
  /**
   * a source with the head alone, where that of the model has no head: `weight` [labels, (n + 1)·D] and `bias`
   * [labels], as the original code's linear heads are published; the numbers of labels and of layers come from it
   */
  head?: ModelSource;
  /** what the labels mean, in the order of their classes, or the name of a list that comes with this library */
  labels?: readonly string[] | BuiltInLabels;
}

/** The names of the options that only classifiers have. */
export const CLASSIFIER_OPTIONS = ['head', 'labels'] as const satisfies (keyof ClassifierLoadOptions)[];

/**
 * Joins the head that the options name to an opened backbone, and puts their labels into the configuration.
 *
 * @param opened stays open if this fails; the checkpoint that is returned closes it too
 * @throws FormatError if the head does not fit; ConfigError if the labels don't; OptionError, SourceError
 */
export async function attachHead(opened: OpenedModel, options: ClassifierLoadOptions): Promise<OpenedModel> {
  const { checkpoint, config } = opened;
  const labels = typeof options.labels === 'string' ? await builtInLabels(options.labels) : options.labels;
  if (options.head === undefined) {
    const id2label = labels && id2labelOf(labels, labels.length, 'labels');
    return { checkpoint, config: id2label ? config.with({ id2label }) : config };
  }
  const head = await openCheckpoint(await openRepository(options.head, options));
  try {
    const joined = joinHead(checkpoint, head);
    return { checkpoint: joined, config: withHead(config, joined, labels) };
  } catch (error) {
    await head.close();
    throw error;
  }
}

/** Labels that are not given stay if there are as many as the head has, and are numbered otherwise. */
function withHead(
  config: Dinov2Config,
  { numLabels, numClassifierLayers }: JoinedCheckpoint,
  labels: readonly string[] | undefined,
): Dinov2Config {
  if (labels !== undefined) {
    return config.with({ numClassifierLayers, id2label: id2labelOf(labels, numLabels, 'labels') });
  }
  return config.with({ numClassifierLayers, ...(config.numLabels !== numLabels && { numLabels }) });
}
