/** A part of a repository as a repository. */
import { OptionError } from '../errors/errors.ts';
import { shown } from '../errors/shown.ts';
import type { Repository } from './repository.ts';

/**
 * The files of one folder of a repository, under their names in it.
 *
 * @param folder e.g. `encoder` or `models/encoder`; slashes around it are passed over, and an empty one is the whole
 * @param weightsFile the file in the folder to take as the weights
 * @throws OptionError if it leads out of the repository, or the repository stands for a single file
 */
export function within(repository: Repository, folder: string, weightsFile?: string): Repository {
  const { where } = repository;
  const parts = folder.split('/').filter((part) => part !== '' && part !== '.');
  if (parts.some((part) => part === '..' || /[\\\0]/.test(part)) || /^[/~]/.test(folder)) {
    throw new OptionError(
      `${where}: subfolder: expected a folder in it such as encoder, got ${shown(folder)}`,
    );
  }
  if (parts.length === 0 && weightsFile === undefined) return repository;
  if (repository.weightsFile !== undefined) {
    throw new OptionError(
      `${where}: subfolder: expected none for a source that is a file, got ${shown(folder)}`,
    );
  }
  const prefix = parts.map((part) => `${part}/`).join('');
  return {
    where: [where.replace(/\/$/, ''), ...parts, ...(weightsFile === undefined ? [] : [weightsFile])].join(
      '/',
    ),
    weightsFile,
    open: (file) => repository.open(prefix + file),
    list: (inner = '') => repository.list(prefix + inner),
  };
}
