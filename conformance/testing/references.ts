/** The committed references, one entry for each model and input, read from files. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ClassifierLoadOptions } from '../../lib/families/dinov2/load-options.ts';
import type { Reference } from '../../lib/parity/reference.ts';
import { readReference } from '../../lib/parity/reference.ts';
import { type Case, loadOptions } from './cases.ts';

/** Beside the sources, which are one folder up from here, or, for what is built, three up from `dist/conformance`. */
const PLACES = ['../fixtures/', '../../../conformance/fixtures/'];
/** The folder of all fixtures, with a slash at its end. */
export const FIXTURES = fileURLToPath(
  PLACES.map((place) => new URL(place, import.meta.url)).find(existsSync) ?? import.meta.url,
);

/** Every reference. */
export const CASES: readonly Case[] = JSON.parse(readFileSync(`${FIXTURES}index.json`, 'utf8'));

/** The folder of a case's model. */
export function modelFolder({ model }: Case): string {
  return `${FIXTURES}models/${model}`;
}

/** How a case's model is to be loaded. */
export function optionsOf(example: Case): ClassifierLoadOptions {
  return loadOptions(example, (file) => `${modelFolder(example)}/${file}`);
}

/** PyTorch's float32 answer with its inputs, or its float64 answer alone. */
export async function readCase({ name }: Case, precision: 'float32' | 'float64'): Promise<Reference> {
  const path = `${FIXTURES}${precision === 'float32' ? 'references' : 'float64'}/${name}.safetensors`;
  return readReference(path, { outputsOnly: precision === 'float64' });
}
