/** A configuration in a file that a command line names. */
import { type Dinov2Config, option, parseConfig } from '../lib/index.ts';
import { type Parsed, valuesOf } from './flags.ts';
import { readTextFile } from './read-text-file.ts';

/** Which file. */
export const CONFIG_OPTIONS = {
  config: option.text({ flag: '--config <file>', help: 'a config.json, where the source has none' }),
};

/**
 * @returns nothing if the command line names no file
 * @throws SourceError if there is no such file; ConfigError if it can't be used
 */
export async function readConfigFile(parsed: Parsed): Promise<{ config?: Dinov2Config }> {
  const { config: path } = valuesOf(CONFIG_OPTIONS, parsed);
  return path === undefined ? {} : { config: parseConfig(await readTextFile(path, 'a config.json'), path) };
}
