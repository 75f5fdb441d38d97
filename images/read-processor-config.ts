/** The settings of the image processor that belongs to a model. */

import { readJson } from '../sources/read-json.ts';
import type { Repository } from '../sources/repository.ts';
import { isTimmFile, readTimmFile } from '../sources/timm-file.ts';
import { parseProcessorConfig } from './parse-processor-config.ts';
import type { ProcessorBackend } from './processor-backend.ts';
import type { ProcessorConfig } from './processor-config.ts';
import { timmProcessor } from './timm-processor.ts';

/** Settings, and whose arithmetic they were meant for. */
export interface FoundProcessor {
  config: ProcessorConfig;
  backend: ProcessorBackend;
}

/**
 * Reads the `preprocessor_config.json` of a repository, or, where it has none, what a `config.json` of timm says of images.
 *
 * @returns undefined if there is neither
 * @throws ConfigError if it can't be used; SourceError if it can't be had
 */
export async function readProcessorConfig(repository: Repository): Promise<FoundProcessor | undefined> {
  const own = await readJson(repository, 'preprocessor_config.json');
  if (own !== undefined) return { config: parseProcessorConfig(own.json, own.where), backend: 'torchvision' };
  const model = await readJson(repository, 'config.json');
  if (model === undefined || !isTimmFile(model.json)) return undefined;
  const { pretrainedCfg } = readTimmFile(model.json, model.where);
  return { config: timmProcessor(pretrainedCfg, model.where), backend: 'timm' };
}
