/** Which class the weights of a repository are of. */
import type { Repository } from '../../sources/repository.ts';
import { type OpenModelOptions, openModel } from '../loading/open-model.ts';
import { classOfWeights, FAMILY_FILES, type ListedClass } from './families.ts';

/**
 * The class that has all weights of a repository, see `classOfWeights`; no value is read.
 *
 * @throws SourceError, FormatError, ConfigError, OptionError
 */
export async function classOfRepository(
  repository: Repository,
  options: OpenModelOptions,
): Promise<ListedClass> {
  const { family, mapped, architectures } = await openModel(repository, options, FAMILY_FILES);
  await mapped.checkpoint.close();
  return classOfWeights(family, mapped, architectures);
}
