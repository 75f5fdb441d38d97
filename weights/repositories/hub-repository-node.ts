import { SourceError } from '../../errors/errors.ts';
import type { Repository, RepositoryOptions } from './repository.ts';
export async function hubRepository(id: string, _options: RepositoryOptions): Promise<Repository> {
  throw new SourceError(`${id}: expected a folder, got none`);
}
