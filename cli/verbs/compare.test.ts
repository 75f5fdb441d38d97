import { fileURLToPath } from 'node:url';
import { dinov2 } from '../testing/command.ts';

const MODELS = fileURLToPath(new URL('../../conformance/fixtures/models/', import.meta.url));

test('compare passes for the same weights under other names', () => {
  const { status, out } = dinov2(
    'compare',
    `${MODELS}plain-mlp`,
    `${MODELS}plain-mlp-original/model.safetensors`,
  );
  expect(status).toBe(0);
  expect(out).toMatch(
    /^pass +blocks\.0\.attn\.qkv\.weight +identical +F32 \[72, 24\] +F32 \[72, 24\] +0\.00e\+0/m,
  );
  expect(out).toMatch(/\n\d+ identical\n$/);
});

test('compare fails where something differs, and passes with a tolerance', () => {
  const models = [`${MODELS}bfloat16`, `${MODELS}plain-mlp`];
  const { status, out } = dinov2('compare', ...models, '--json');
  expect(status).toBe(1);
  const { pass, tensors } = JSON.parse(out);
  expect(pass).toBe(false);
  expect(tensors).toContainEqual({
    name: 'cls_token',
    verdict: 'different',
    pass: false,
    a: { dtype: 'BF16', shape: [1, 1, 24] },
    b: { dtype: 'F32', shape: [1, 1, 24] },
    maxAbs: expect.any(Number),
    maxRel: expect.any(Number),
    cosine: expect.any(Number),
  });
  expect(dinov2('compare', ...models, '--atol', '0.02')).toMatchObject({ status: 0 });
});

test('compare says which tensors only one side has', () => {
  const { status, out } = dinov2('compare', `${MODELS}plain-mlp`, `${MODELS}plain-mlp-timm`);
  expect(status).toBe(1);
  expect(out).toMatch(/^FAIL +mask_token +only in A +F32 \[1, 24\]/m);
});
