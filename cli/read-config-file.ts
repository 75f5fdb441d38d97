/** A configuration in a file that a command line names. */
import { type Dinov2Config, parseConfig } from '../lib/index.ts';
import { readTextFile } from './read-text-file.ts';

/**
 * @param path a `config.json`
 * @throws SourceError if there is no such file; ConfigError if it can't be used
 */
export async function readConfigFile(path: string): Promise<Dinov2Config> {
  return parseConfig(await readTextFile(path, 'a config.json'), path);
}
