/** The committed references of gradients, read from files. */
import { readFileSync } from 'node:fs';
import { type Reference, readReference } from '../../lib/parity/reference.ts';
import type { Case } from './cases.ts';
import { FIXTURES } from './references.ts';

const FOLDER = `${FIXTURES}gradients/`;

/** Every reference of gradients. */
export const GRADIENT_CASES: readonly Case[] = JSON.parse(readFileSync(`${FOLDER}index.json`, 'utf8'));

/** The folder of a case's model. */
export function gradientModel({ model }: Case): string {
  return `${FOLDER}models/${model}`;
}

/** Its inputs in float32 with PyTorch's float64 answer. */
export async function readGradientCase({ name }: Case): Promise<Reference> {
  return readReference(`${FOLDER}${name}.safetensors`);
}
