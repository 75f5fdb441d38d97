/** What the vectors of a run depend on: a run that goes on after another must have the same. */
import { createHash } from 'node:crypto';
import {
  type BitImageProcessor,
  type Dinov2Model,
  EMBED_OPTIONS,
  ONNX_RUNTIME_OPTIONS,
  readFloat32,
} from '../lib/index.ts';
import { type Parsed, valuesOf } from './flags.ts';
import type { RunSettings } from './journal-lines.ts';
import { engineOf } from './load-model.ts';
import { BACKEND_OPTIONS } from './model-options.ts';

/** Weights of more values count by their names and shapes alone. */
const LARGE = 2 ** 16;

/** The settings of a run of `embed`, by the names of its options. */
export async function runSettings(
  parsed: Parsed,
  model: Dinov2Model,
  processor: BitImageProcessor,
): Promise<RunSettings> {
  const { executionProviders } = valuesOf(ONNX_RUNTIME_OPTIONS, parsed);
  return {
    model: await fingerprintOf(model),
    processor: `${processor.backend} ${digestOf(JSON.stringify(processor.toJSON()))}`,
    ...valuesOf(EMBED_OPTIONS, parsed),
    ...valuesOf(BACKEND_OPTIONS, parsed),
    engine: (await engineOf(parsed)) ?? 'tfjs',
    ...(executionProviders && { executionProviders }),
  };
}

/** A digest of a model's configuration and its vectors, biases and tokens, which no training leaves as they are. */
async function fingerprintOf(model: Dinov2Model): Promise<string> {
  const parts: (string | Uint8Array)[] = [JSON.stringify(model.config)];
  for (const [name, tensor] of model.parameters) {
    parts.push(`${name} ${tensor.shape}`);
    if (tensor.size > LARGE) continue;
    const { buffer, byteOffset, byteLength } = await readFloat32(tensor);
    parts.push(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return digestOf(...parts);
}

function digestOf(...parts: (string | Uint8Array)[]): string {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex').slice(0, 12);
}
