/** Reading the text of a `config.json`. */
import { parseJson } from '../../options/parse-json.ts';
import { Dinov2Config } from './dinov2/configuration/dinov2-config.ts';

/**
 * The configuration in the text of a `config.json`.
 *
 * @param where the file's name, for error messages
 * @throws ConfigError if it is no JSON, or can't be used
 */
export function parseConfig(text: string, where: string): Dinov2Config {
  return Dinov2Config.fromJSON(parseJson(text, where), where);
}
