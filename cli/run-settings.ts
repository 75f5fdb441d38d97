/** What the vectors of a run depend on: a run that goes on after another must have the same. */
import { createHash, type Hash } from 'node:crypto';
import {
  type BitImageProcessor,
  type Dinov2Model,
  EMBED_OPTIONS,
  ONNX_RUNTIME_OPTIONS,
  readFloat32,
} from '../lib/index.ts';
import { engineOf } from './engine.ts';
import { type Parsed, valuesOf } from './flags.ts';
import type { RunSettings } from './journal-lines.ts';
import { BACKEND_OPTIONS } from './model-options.ts';

/** The settings of a run of `embed`, by the names of its options. */
export async function runSettings(
  parsed: Parsed,
  model: Dinov2Model,
  processor: BitImageProcessor,
): Promise<RunSettings> {
  const { executionProviders } = valuesOf(ONNX_RUNTIME_OPTIONS, parsed);
  return {
    model: await fingerprintOf(model),
    precision: model.precision,
    processor: `${processor.backend} ${digested(createHash('sha256').update(JSON.stringify(processor.toJSON())))}`,
    ...valuesOf(EMBED_OPTIONS, parsed),
    ...valuesOf(BACKEND_OPTIONS, parsed),
    engine: (await engineOf(parsed)) ?? 'tfjs',
    ...(executionProviders && { executionProviders }),
  };
}

/** A digest of a model's configuration and all its weights, of which one at a time is read. */
async function fingerprintOf(model: Dinov2Model): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(model.config));
  for (const [name, tensor] of model.parameters) {
    const { buffer, byteOffset, byteLength } = await readFloat32(tensor);
    hash.update(`${name} ${tensor.shape}`).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return digested(hash);
}

function digested(hash: Hash): string {
  return hash.digest('hex').slice(0, 12);
}
