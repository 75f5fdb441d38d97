/** Repositories as timm writes them, against timm's own outputs. */
import { readdirSync, readFileSync } from 'node:fs';
import { AutoImageProcessor } from '../images/image-processor.ts';
import type { Dinov2ForImageClassification } from '../lib/families/dinov2/dinov2-for-image-classification.ts';
import { readReference } from '../lib/parity/reference.ts';
import { loadForReference, verifyReference } from '../lib/parity/verify.ts';

const FOLDER = new URL('fixtures/timm/', import.meta.url).pathname;

test.each(readdirSync(FOLDER))('%s', async (name) => {
  const reference = await readReference(`${FOLDER}${name}/reference.safetensors`);
  using model = await loadForReference(`${FOLDER}${name}`, reference);
  const rows = await verifyReference(model, reference, { atol: 2e-5 });
  expect(rows.filter(({ pass }) => !pass)).toEqual([]);
  expect(rows).toHaveLength(1);
  expect(model.config).toMatchObject({ numAttentionHeads: 2, positionInterpolation: 'timm', inferred: [] });
  // what users give to create_model in code, no file says
  const isAssumed = ['swiglu', 'register-positions', 'register-positions-2', 'register-8'].includes(name);
  expect(model.warnings).toEqual(isAssumed ? [expect.stringContaining('SwiGLU')] : []);
});

test('labels are those of the file', async () => {
  const reference = await readReference(`${FOLDER}classifier/reference.safetensors`);
  using model = (await loadForReference(`${FOLDER}classifier`, reference)) as Dinov2ForImageClassification;
  expect(model.config.id2label).toMatchObject({ 0: 'plant 0', 4: 'plant 4' });
});

test.each(['dinov2', 'giant', 'swiglu', 'register-positions', 'register-8', 'no-embed-class'])(
  '%s without its file, given what no tensor says',
  async (name) => {
    const reference = await readReference(`${FOLDER}${name}/reference.safetensors`);
    const files = { 'model.safetensors': new Uint8Array(readFileSync(`${FOLDER}${name}/model.safetensors`)) };
    const fields = { numAttentionHeads: 2, positionInterpolation: 'timm' } as const;
    using model = await loadForReference(files, reference, { fields });
    const rows = await verifyReference(model, reference, { atol: 2e-5 });
    expect(rows.filter(({ pass }) => !pass)).toEqual([]);
    // a configuration of transformers' form does as well, as its grid is that of the positions
    using other = await loadForReference(files, reference, { config: model.config });
    expect(await verifyReference(other, reference, { atol: 2e-5 })).toEqual(rows);
    expect(model.warnings).toEqual([expect.stringMatching(/no file says .*layerNormEps/)]);
  },
);

test('images are prepared as the file says, by the arithmetic of timm unless another is asked for', async () => {
  const processor = await AutoImageProcessor.fromPretrained(`${FOLDER}dinov2`);
  expect(processor).toMatchObject({
    backend: 'timm',
    config: { size: { kind: 'shortest', shortestEdge: 518 } },
  });
  const { backend } = await AutoImageProcessor.fromPretrained(`${FOLDER}dinov2`, { backend: 'pil' });
  expect(backend).toBe('pil');
});
