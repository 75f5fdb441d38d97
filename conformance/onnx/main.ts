/**
 * Exports the model of every reference as ONNX, with a free batch and a fixed one, with ONNX's own operators, with ONNX
 * Runtime's, and in 8 bits, and compares what onnxruntime-node makes of it with the eager forward pass.
 *
 * Usage: npm run onnx -- [--only NAME] [--keep FOLDER]
 *
 * Needs `npm install --no-save --save-dev --ignore-scripts onnxruntime-node`. What is kept in FOLDER, `python/check_onnx.py`
 * checks with the packages onnx and onnxruntime of Python.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { dispose, type Tensor } from '@tensorflow/tfjs-core';
import { setDevice } from '../../backends/devices.ts';
import { type EngineArray, tensorOfArray } from '../../graph/engines/engine.ts';
import type { OrtTensor } from '../../graph/engines/onnx-runtime.ts';
import { importOnnxRuntime } from '../../graph/engines/onnx-runtime-node.ts';
import { exportOnnx } from '../../graph/tracing/export-onnx.ts';
import { trace } from '../../graph/tracing/trace.ts';
import { loadForReference } from '../../lib/parity/verify.ts';
import { relativeDifference } from '../../testing/close.ts';
import { safetensorsParts, type TensorToWrite } from '../../weights/write/encode-safetensors.ts';
import { caseInputs, caseTraceOptions } from '../testing/case-inputs.ts';
import type { Case } from '../testing/cases.ts';
import { CASES, modelFolder, optionsOf, readCase } from '../testing/references.ts';

/** How models are written, by what files are called, and how far they may be off, of the largest value of an output. */
const FORMS = {
  standard: { target: 'standard', dtype: 'f32', tolerance: 1e-5 },
  ort: { target: 'ort', dtype: 'f32', tolerance: 1e-5 },
  // in the short rows of these models 8 bits cost more than in those of real ones
  i8: { target: 'standard', dtype: 'i8', tolerance: 0.1 },
} as const;
const isOff = (way: string, difference: number): boolean =>
  !(difference <= FORMS[way.split('.')[1] as keyof typeof FORMS].tolerance);

const { values: options } = parseArgs({ options: { only: { type: 'string' }, keep: { type: 'string' } } });
const folder = options.keep ?? (await mkdtemp(join(tmpdir(), 'dinov2-onnx-')));
await mkdir(folder, { recursive: true });
const runtime = await importOnnxRuntime();
await setDevice('auto');

function ortTensor({ data, shape, dtype }: EngineArray): OrtTensor {
  if (data instanceof Float32Array) return new runtime.Tensor('float32', data, shape);
  return new runtime.Tensor(dtype === 'bool' ? 'bool' : 'uint8', Uint8Array.from(data), shape);
}

function written(name: string, { data, shape }: EngineArray): TensorToWrite {
  const dtype = data instanceof Float32Array ? 'F32' : 'U8';
  return { name, dtype, shape, bytes: new Uint8Array(data.buffer, data.byteOffset, data.byteLength) };
}

/** @returns the largest difference, for each way of writing the model */
async function check(example: Case): Promise<Map<string, number>> {
  const reference = await readCase(example, 'float32');
  using model = await loadForReference(modelFolder(example), reference, optionsOf(example));
  const inputs = caseInputs(reference);
  const tracing = caseTraceOptions(reference, inputs);
  const feeds: Record<string, Tensor> = {};
  for (const [name, array] of inputs) feeds[name] = tensorOfArray(array);
  const eager = model.program(tracing)(feeds);
  const expected = new Map<string, EngineArray>();
  for (const [name, value] of Object.entries(eager)) {
    expected.set(name, { data: await value.data<'float32'>(), shape: value.shape, dtype: 'float32' });
  }
  dispose([feeds, eager]);
  await writeFile(
    join(folder, `${example.name}.safetensors`),
    Buffer.concat(
      safetensorsParts([
        ...[...inputs].map(([name, array]) => written(`input.${name}`, array)),
        ...[...expected].map(([name, array]) => written(`output.${name}`, array)),
      ]),
    ),
  );
  const differences = new Map<string, number>();
  const given = Object.fromEntries([...inputs].map(([name, array]) => [name, ortTensor(array)]));
  for (const batch of ['free', 'fixed'] as const) {
    const graph = await trace(model, inputs.get('pixel_values') ?? { shape: [] }, { ...tracing, batch });
    for (const [form, { target, dtype }] of Object.entries(FORMS)) {
      const way = `${batch}.${form}`;
      const path = join(folder, `${example.name}.${way}.onnx`);
      await exportOnnx(graph, path, { target, dtype, overwrite: true });
      const session = await runtime.InferenceSession.create(path, { intraOpNumThreads: 1 });
      const results = await session.run(given);
      await session.release();
      for (const [name, { data, shape }] of expected) {
        const result = results[name];
        if (String(result?.dims) !== String(shape)) {
          throw new Error(`${path}: ${name}: expected [${shape}], got [${result?.dims}]`);
        }
        const difference = relativeDifference(result?.data as Float32Array, data);
        differences.set(way, Math.max(differences.get(way) ?? 0, difference));
      }
    }
  }
  return differences;
}

let failed = 0;
const worst = new Map<string, number>();
for (const example of CASES) {
  if (options.only !== undefined && example.name !== options.only) continue;
  const differences = await check(example);
  const passed = ![...differences].some(([way, difference]) => isOff(way, difference));
  if (!passed) failed++;
  for (const [way, difference] of differences) worst.set(way, Math.max(worst.get(way) ?? 0, difference));
  const figures = [...differences].map(([way, difference]) => `${way} ${difference.toExponential(2)}`);
  process.stdout.write(`${passed ? 'pass' : 'FAIL'}  ${example.name}  ${figures.join('  ')}\n`);
}
const summary = [...worst].map(([way, difference]) => `${way} ${difference.toExponential(2)}`);
process.stdout.write(`worst, of the largest value of an output: ${summary.join(', ')}\n`);
if (options.keep === undefined) await rm(folder, { recursive: true });
if (failed > 0) throw new Error(`onnx: ${failed} models out of tolerance`);
process.exit();
