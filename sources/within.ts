/** A part of a repository as a repository. */
import { closest } from '../errors/closest.ts';
import { OptionError, SourceError } from '../errors/errors.ts';
import { shown } from '../errors/shown.ts';
import type { Repository } from './repository.ts';

/**
 * The files of one folder of a repository, under their names in it. Its `list` throws a SourceError if there is no such folder,
 * or nothing in it.
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
    async list(inner = '') {
      const names = await repository.list(prefix + inner);
      if (inner === '' && names?.length === 0) throw absent(where, folder, await repository.list());
      return names;
    },
  };
}

/** The error of a folder that is not there, with those that are. */
function absent(where: string, folder: string, names: readonly string[] | undefined): SourceError {
  const folders = new Set(names?.flatMap((name) => /^(.+?)\//.exec(name)?.[1] ?? []));
  const meant = closest(folder, [...folders]);
  const there = folders.size === 0 ? 'there is none' : `there is ${[...folders].join(', ')}`;
  return new SourceError(
    `${where}: subfolder: expected a folder in it, got ${shown(folder)}; ${there}${meant === undefined ? '' : `; did you mean ${meant}?`}`,
  );
}
