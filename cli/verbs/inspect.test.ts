import { copyFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dinov2, folder, MODEL } from '../testing/command.ts';

test('inspect knows the architecture without the weights', () => {
  const { out } = dinov2('inspect', MODEL, '--json', '--tensors');
  expect(JSON.parse(out)).toMatchObject({
    parameters: 461386,
    labels: 10,
    keyScheme: 'transformers (files)',
    dtypes: { F32: 81 },
  });
});

test('inspect says what its estimate of memory counts', () => {
  const { out } = dinov2('inspect', MODEL, '--image-size', '64');
  expect(out).toMatch(
    /^memory +about \d\.\d MB for one image of 64×64 \(257 tokens\): weights in float32 and the widest moment of a block;/m,
  );
});

const MODELS = fileURLToPath(new URL('../../conformance/fixtures/models/', import.meta.url));

test('inspect infers the architecture of a file without a configuration, and says so', () => {
  const file = `${folder}/alone.safetensors`;
  copyFileSync(`${MODELS}head-size-64/model.safetensors`, file);
  const { out, err } = dinov2('inspect', file);
  expect(err).toMatch(
    /alone\.safetensors: no file says numAttentionHeads 2 \(of 64 each, though no published/,
  );
  expect(out).toMatch(
    /^architecture +1 blocks, 128 wide, 2 heads, MLP 128, patch 4, 0 registers, trained at 24$/m,
  );
  expect(out).toMatch(/^configuration +inferred from the tensors$/m);
});

test('inspect says what it can not infer, and still the rest', () => {
  const file = `${folder}/narrow.safetensors`;
  copyFileSync(`${MODELS}plain-mlp/model.safetensors`, file);
  const { status, out } = dinov2('inspect', file);
  expect(status).toBe(0);
  expect(out).toMatch(/^configuration +none: .*numAttentionHeads: expected heads of the published size 64/m);
  expect(out).toMatch(/^names +transformers \(files\)$/m);
});

test('inspect lists tensors with both names, and shards', () => {
  const { out } = dinov2('inspect', `${MODELS}sharded`, '--tensors');
  expect(out).toMatch(/^shards +4: model-00001-of-00004\.safetensors, /m);
  expect(out).toMatch(
    /^F32\t\[24, 24\]\tencoder\.layer\.1\.attention\.attention\.key\.weight\tblocks\.1\.attn\.qkv\.weight$/m,
  );
});

test('inspect reads a configuration of timm, and says what it leaves to code', () => {
  const { out, err } = dinov2('inspect', fileURLToPath(new URL('../timm/swiglu', `file://${MODELS}`)));
  expect(out).toMatch(/^configuration +config\.json of timm \(vit_huge_patch14_224\)$/m);
  expect(out).toMatch(/^architecture +2 blocks, 8 wide, 2 heads, SwiGLU 8, patch 14/m);
  expect(err).toMatch(/activation is assumed to be SiLU/);
});
