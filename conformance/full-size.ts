/**
 * Checks a published size with seeded weights against what PyTorch computed with the same ones.
 *
 * Usage: npm run full-size -- --size base --reference base.safetensors [--truth base.float64.safetensors]
 *        [--backend auto] [--threads N] [--atol 2e-5]
 *
 * The references come from `python/full_size.py`. The weights are written to a temporary folder (small 88 MB, base
 * 346 MB, large 1.2 GB, giant 4.5 GB) and loaded from there, through the same path as any checkpoint.
 */
import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Device, setDevice } from '../backends/devices.ts';
import type { Dinov2Config } from '../lib/families/dinov2/dinov2-config.ts';
import { type PresetName, presetConfig } from '../lib/families/dinov2/presets.ts';
import { compareValues } from '../lib/parity/compare.ts';
import { readReference } from '../lib/parity/reference.ts';
import { loadForReference, verifyReference } from '../lib/parity/verify.ts';
import { elementCount } from '../shapes/element-count.ts';
import { seededValues, tensorsOf } from './seeded-weights.ts';

async function writeSeeded(folder: string, config: Dinov2Config): Promise<void> {
  const tensors = tensorsOf(config);
  const header: Record<string, unknown> = {};
  let offset = 0;
  for (const { name, shape } of tensors) {
    const bytes = 4 * elementCount(shape);
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const file = await open(join(folder, 'model.safetensors'), 'w');
  try {
    await file.write(length);
    await file.write(text);
    for (const tensor of tensors) await file.write(new Uint8Array(seededValues(tensor).buffer));
  } finally {
    await file.close();
  }
  await writeFile(join(folder, 'config.json'), '{"model_type": "dinov2"}');
}

const { values: options } = parseArgs({
  options: {
    size: { type: 'string' },
    reference: { type: 'string' },
    truth: { type: 'string' },
    backend: { type: 'string', default: 'auto' },
    threads: { type: 'string' },
    atol: { type: 'string', default: '2e-5' },
  },
});
if (options.size === undefined || options.reference === undefined) {
  throw new Error('full-size: expected --size and --reference');
}
await setDevice(options.backend as Device, options.threads ? { threads: Number(options.threads) } : {});
const config = presetConfig(`dinov2-${options.size}` as PresetName);
const folder = await mkdtemp(join(tmpdir(), 'dinov2-full-size-'));
try {
  await writeSeeded(folder, config);
  const reference = await readReference(options.reference);
  const start = performance.now();
  const model = await loadForReference(folder, reference, { config });
  const loaded = performance.now();
  const rows = await verifyReference(model, reference, { atol: Number(options.atol) });
  const done = performance.now();
  console.info(
    `loaded in ${((loaded - start) / 1e3).toFixed(2)} s, computed in ${((done - loaded) / 1e3).toFixed(2)} s`,
  );
  for (const { name, maxAbs, maxReference, pass } of rows) {
    console.info(
      `${pass ? 'pass' : 'FAIL'}  ${name}  ${maxAbs.toExponential(2)} of ${maxReference.toFixed(2)}`,
    );
  }
  if (options.truth !== undefined) {
    const truth = await readReference(options.truth, { outputsOnly: true });
    for (const row of await verifyReference(model, { ...reference, expected: truth.expected }, { atol: 1 })) {
      const torch = compareValues(
        row.name,
        reference.expected.get(row.name)?.values ?? [],
        truth.expected.get(row.name)?.values ?? [],
        1,
      ).maxAbs;
      console.info(
        `${row.name} against float64: ${row.maxAbs.toExponential(2)}, PyTorch ${torch.toExponential(2)}, ratio ${(row.maxAbs / torch).toFixed(2)}`,
      );
    }
  }
  model.dispose();
  if (!rows.every((row) => row.pass)) process.exitCode = 1;
} finally {
  await rm(folder, { recursive: true, force: true });
}
