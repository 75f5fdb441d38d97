/** Reading the JSON files beside a model's weights. */

import { parseJson } from '../options/parse-json.ts';
import { type Repository, readText } from './repository.ts';

/** A parsed file, and its name for error messages. */
export interface JsonFile {
  json: unknown;
  where: string;
}

/**
 * Reads and parses a file of a repository.
 *
 * @param file e.g. `config.json`
 * @returns undefined if there is no such file
 * @throws ConfigError if it is no JSON; SourceError if it can't be had
 */
export async function readJson(repository: Repository, file: string): Promise<JsonFile | undefined> {
  const text = await readText(repository, file);
  if (text === undefined) return undefined;
  const where = `${repository.where}/${file}`;
  return { json: parseJson(text, where), where };
}
