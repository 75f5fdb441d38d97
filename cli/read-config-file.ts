/** A configuration in a file that a command line names. */
import { Dinov2Config } from '../lib/families/dinov2/configuration/dinov2-config.ts';
import { parseJson } from '../options/parse-json.ts';
import { readTextFile } from './read-text-file.ts';

/**
 * @param path a `config.json`
 * @throws SourceError if there is no such file; ConfigError if it can't be used
 */
export async function readConfigFile(path: string): Promise<Dinov2Config> {
  return Dinov2Config.fromJSON(parseJson(await readTextFile(path, 'a config.json'), path), path);
}
