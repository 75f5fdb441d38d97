/** A head of a file of its own, and labels, as a classifier is opened. */
import { FormatError } from '../../errors/errors.ts';
import { type OptionsOf, value } from '../../options/rows.ts';
import type { ModelSource } from '../../sources/model-source.ts';
import { openRepository } from '../../sources/open-repository.ts';
import type { RepositoryOptions } from '../../sources/repository.ts';
import type { MappedCheckpoint } from '../../weights/key-schemes/map-checkpoint.ts';
import { openCheckpoint } from '../../weights/open-checkpoint.ts';
import { type Head, type JoinedHead, widthOf } from '../heads/head.ts';
import { headOfFile } from '../heads/heads.ts';
import { type BuiltInLabels, builtInLabels, id2labelOf } from '../labels/labels.ts';
import type { ModelConfig } from '../model/model-config.ts';

/** What a classifier may have that its backbone's source has not. */
export const HEAD_OPTIONS = {
  /**
   * a source with the head alone, where that of the model has no head: `weight` [labels, (n + 1)·D] and `bias`
   * [labels], as the original code's linear heads are published; the numbers of labels and of layers come from it
   */
  head: value<ModelSource>({
    flag: '--head <source>',
    help: 'a linear head in a file of its own, for a model that has none',
  }),
  /** what the labels mean, in the order of their classes, or the name of a list that comes with this library */
  labels: value<readonly string[] | BuiltInLabels>(),
};

/** What a classifier may have that its backbone's source has not. */
export interface HeadOptions extends OptionsOf<typeof HEAD_OPTIONS> {}

/**
 * Opens a head and joins it to an opened backbone. Revision and subfolder are the backbone's; the head's stand in its
 * address.
 *
 * @param backbone stays open if this fails; the checkpoint that is returned closes it too
 * @param wanted the head of the class that is asked for; default the one whose form the file has
 * @throws FormatError if the head does not fit, or is never in a file of its own; SourceError
 */
export async function attachHead(
  backbone: MappedCheckpoint,
  head: ModelSource,
  options: RepositoryOptions,
  wanted?: Head,
): Promise<JoinedHead> {
  // where in its source the backbone is says nothing of the head's
  const { revision: _revision, subfolder: _subfolder, ...elsewhere } = options;
  const opened = await openCheckpoint(await openRepository(head, elsewhere));
  try {
    const { scope, join } = wanted ?? headOfFile(opened, widthOf(backbone.parameters));
    if (join !== undefined) return join(backbone, opened);
    throw new FormatError(
      `${opened.where}: expected ${scope}.* in the model's checkpoint, got a file of its own`,
    );
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/**
 * The configuration of a backbone with what its head and its labels say.
 *
 * Labels that are not given stay if there are as many as the head has, and are numbered otherwise.
 *
 * @param joined undefined if the head is in the model's own checkpoint
 * @throws ConfigError if there are more labels than the head has, or fewer; OptionError if there is no such list
 */
export async function withHead<Config extends ModelConfig>(
  config: Config,
  joined: JoinedHead | undefined,
  { labels }: HeadOptions,
): Promise<Config> {
  const names = typeof labels === 'string' ? await builtInLabels(labels) : labels;
  const count = joined?.fields.numLabels ?? names?.length ?? 0;
  const id2label = names && { id2label: id2labelOf(names, count, 'labels') };
  if (joined === undefined) return id2label === undefined ? config : config.with(id2label);
  const { numLabels, ...fields } = joined.fields;
  return config.with({ ...fields, ...(config.numLabels !== numLabels && { numLabels }), ...id2label });
}
