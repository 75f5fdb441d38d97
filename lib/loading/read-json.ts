/** Reading the JSON files beside a model's weights. */
import { ConfigError, SourceError } from '../../errors/errors.ts';
import { type Repository, readText } from '../../weights/repositories/repository.ts';

/** A parsed file, and its name for error messages. */
export interface JsonFile {
  json: unknown;
  where: string;
}

/**
 * Reads and parses a file of a repository.
 *
 * @param file e.g. `config.json`
 * @param remedy what to do where there is no such file, for the error message
 * @throws SourceError if there is none; ConfigError if it is no JSON
 */
export async function readJson(repository: Repository, file: string, remedy: string): Promise<JsonFile> {
  const text = await readText(repository, file);
  if (text === undefined) {
    throw new SourceError(`${repository.where}: expected a ${file}, got none; ${remedy}`);
  }
  const where = `${repository.where}/${file}`;
  try {
    return { json: JSON.parse(text), where };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${where}: expected JSON, got ${reason}`, { cause: error });
  }
}
