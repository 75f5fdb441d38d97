/** What a model is called that a command line names. */
import { existsSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { type Parsed, valuesOf } from './flags.ts';
import { MODEL_OPTIONS } from './model-options.ts';

/** The server of an address, and what of it says how it is reached. */
const SERVER = /^(hf:\/\/|\w+:\/\/[^/]*\/)/i;
/** Which revision of a repository, and a query, in which there may be secrets. */
const REVISION = /(\/(tree|blob|resolve)\/|[@?#]).*$/;

/** The id of a repository, as far as an address says it; of a folder or file here its name, without the folders that it is in. */
export function modelName(parsed: Parsed): string {
  const source = valuesOf(MODEL_OPTIONS, parsed).model.trim();
  if (existsSync(source)) return basename(resolve(source));
  return source.replace(SERVER, '').replace(REVISION, '').replace(/\/+$/, '');
}

/** Whether two names may be those of one model: `dinov2-small` is a folder that `facebook/dinov2-small` was downloaded to. */
export function mayBeSameModel(one: string, other: string): boolean {
  return `/${one}`.endsWith(`/${other}`) || `/${other}`.endsWith(`/${one}`);
}
