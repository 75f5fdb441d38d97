/** What scikit-learn and torch learn from small features: `conformance/python/dump_learning.py` made it. */
import { readFileSync } from 'node:fs';
import { memorySource } from '../../../sources/byte-source.ts';
import { openSafetensors } from '../../../weights/safetensors/open-safetensors.ts';
import type { LabelledFeatures } from '../labelled-features.ts';
import type { ProbeFeatures } from '../probe-features.ts';

const FOLDER = new URL('../../../conformance/fixtures/', import.meta.url);
const file = await openSafetensors(
  memorySource(new Uint8Array(readFileSync(new URL('learning.safetensors', FOLDER)))),
  'learning',
);

async function bufferOf(name: string): Promise<ArrayBuffer> {
  return new Uint8Array(await file.read(name)).buffer;
}

/** A tensor of the file in float64, whatever it is kept in. */
export async function numbersOf(name: string): Promise<Float64Array> {
  const kinds = { F32: Float32Array, F64: Float64Array, I32: Int32Array } as const;
  const dtype = file.tensors.get(name)?.dtype as keyof typeof kinds;
  return Float64Array.from(new kinds[dtype](await bufferOf(name)));
}

async function featuresOf(name: string, labels: string): Promise<ProbeFeatures> {
  const all = new Float32Array(await bufferOf(name));
  const each = all.length / 5;
  const parts = Array.from({ length: 5 }, (_, i) => all.slice(i * each, (i + 1) * each));
  return {
    layers: parts.slice(0, 4),
    patchMean: parts[4] ?? all,
    dim: 8,
    labels: new Int32Array(await bufferOf(labels)),
  };
}

/** 80 images of 4 classes. */
export const train: ProbeFeatures = await featuresOf('train', 'labels');
/** 40 others. */
export const test: ProbeFeatures = await featuresOf('test', 'wanted');

/** The CLS tokens of the last block. */
export function lastBlock({ layers, dim, labels }: ProbeFeatures): LabelledFeatures {
  return { features: layers.at(-1) ?? new Float32Array(), dim, labels };
}

/** What is not in tensors. */
export const facts = JSON.parse(readFileSync(new URL('learning.json', FOLDER), 'utf8')) as {
  probe: { epochs: number; batchSize: number; seed: number; accuracies: number[] };
  fewShot: number[][];
  classification: Record<'precision' | 'recall' | 'f1' | 'support', number[]> & {
    accuracy: number;
    top2: number;
    macroF1: number;
    confusion: number[][];
  };
  multiLabel: Record<'microF1' | 'macroF1' | 'meanAveragePrecision', number>;
  regression: Record<'meanSquaredError' | 'r2', number>;
};
