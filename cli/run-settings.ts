/** What the vectors of a run depend on: a run that goes on after another must have the same. */
import { createHash, type Hash } from 'node:crypto';
import {
  type BitImageProcessor,
  type Dinov2Model,
  EMBED_OPTIONS,
  modelDigest,
  ONNX_RUNTIME_OPTIONS,
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
    model: await modelDigest(model),
    precision: model.precision,
    processor: `${processor.backend} ${digested(createHash('sha256').update(JSON.stringify(processor.toJSON())))}`,
    ...valuesOf(EMBED_OPTIONS, parsed),
    ...valuesOf(BACKEND_OPTIONS, parsed),
    engine: (await engineOf(parsed)) ?? 'tfjs',
    ...(executionProviders && { executionProviders }),
  };
}

function digested(hash: Hash): string {
  return hash.digest('hex').slice(0, 12);
}
