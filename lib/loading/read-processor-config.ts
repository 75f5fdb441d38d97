/** The settings of the image processor that belongs to a model. */
import { type ProcessorConfig, parseProcessorConfig } from '../../images/processor-config.ts';
import type { Repository } from '../../weights/repositories/repository.ts';
import { readJson } from './read-json.ts';

/**
 * Reads the `preprocessor_config.json` of a repository.
 *
 * @returns undefined if there is none
 * @throws ConfigError if it can't be used; SourceError if it can't be had
 */
export async function readProcessorConfig(repository: Repository): Promise<ProcessorConfig | undefined> {
  const file = await readJson(repository, 'preprocessor_config.json');
  return file && parseProcessorConfig(file.json, file.where);
}
