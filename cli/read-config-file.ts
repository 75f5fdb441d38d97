/** A configuration in a file that a command line names. */
import { readFile } from 'node:fs/promises';
import { ConfigError, SourceError } from '../errors/errors.ts';
import { Dinov2Config } from '../lib/configuration/dinov2-config.ts';

/**
 * @param path a `config.json`
 * @throws SourceError if there is no such file; ConfigError if it can't be used
 */
export async function readConfigFile(path: string): Promise<Dinov2Config> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SourceError(`${path}: expected a config.json, got ${reason}`, { cause: error });
  }
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${path}: expected JSON, got ${reason}`, { cause: error });
  }
  return Dinov2Config.fromJSON(json, path);
}
