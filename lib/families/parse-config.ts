/** Reading the text of a `config.json`. */
import { parseJson } from '../../options/parse-json.ts';
import { type AnyConfig, FAMILIES, FAMILY_FILES } from './families.ts';

/**
 * The configuration in the text of a `config.json` of transformers.
 *
 * @param where the file's name, for error messages
 * @throws ConfigError if it is no JSON, or can't be used
 */
export function parseConfig(text: string, where: string): AnyConfig {
  const json = parseJson(text, where);
  const { parse } = FAMILY_FILES.find(({ owns }) => owns(json)) ?? FAMILIES[0].files;
  return parse(json, where);
}
