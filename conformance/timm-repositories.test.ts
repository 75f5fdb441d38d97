/** Repositories as timm writes them, against timm's own outputs. */
import { readdirSync } from 'node:fs';
import type { Dinov2ForImageClassification } from '../lib/models/dinov2-for-image-classification.ts';
import { readReferenceFile } from '../lib/parity/reference-file-node.ts';
import { loadForReference, verifyReference } from '../lib/parity/verify.ts';

const FOLDER = new URL('fixtures/timm/', import.meta.url).pathname;

test.each(readdirSync(FOLDER))('%s', async (name) => {
  const reference = await readReferenceFile(`${FOLDER}${name}/reference.safetensors`);
  using model = await loadForReference(`${FOLDER}${name}`, reference);
  const rows = await verifyReference(model, reference, { atol: 2e-5 });
  expect(rows.filter(({ pass }) => !pass)).toEqual([]);
  expect(rows).toHaveLength(1);
  expect(model.config).toMatchObject({ numAttentionHeads: 2, positionInterpolation: 'timm', inferred: [] });
  // what users give to create_model in code, no file says
  const isAssumed = ['swiglu', 'register-positions', 'register-8'].includes(name);
  expect(model.warnings).toEqual(isAssumed ? [expect.stringContaining('SwiGLU')] : []);
});

test('labels are those of the file', async () => {
  const reference = await readReferenceFile(`${FOLDER}classifier/reference.safetensors`);
  using model = (await loadForReference(`${FOLDER}classifier`, reference)) as Dinov2ForImageClassification;
  expect(model.config.id2label).toMatchObject({ 0: 'plant 0', 4: 'plant 4' });
});
