import { copyFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { dinov2, folder, MODEL, REFERENCE } from '../testing/command.ts';

test('verify passes, prints rows or JSON, and fails at a tolerance that is too small', () => {
  expect(dinov2('verify', '-m', MODEL, '-r', REFERENCE, '--atol', '2e-5')).toMatchObject({ status: 0 });
  const { status, out } = dinov2('verify', '-m', MODEL, '-r', REFERENCE, '--atol', '1e-12', '--json');
  expect(status).toBe(1);
  const { pass, tensors } = JSON.parse(out);
  expect(pass).toBe(false);
  expect(tensors[0]).toEqual({
    reference: REFERENCE,
    name: 'hidden_states.0',
    maxAbs: expect.any(Number),
    maxRel: expect.any(Number),
    cosine: expect.any(Number),
    pass: false,
  });
});

test('a model in 8 bits is held to bars of its own, or to the tolerance that is given', () => {
  const words = ['verify', '-m', MODEL, '-r', REFERENCE, '--precision', 'i8'];
  const held = dinov2(...words);
  expect(held).toMatchObject({ status: 0, err: '' });
  expect(held.out).toMatch(/^ +tensor .* worst vector\n/m);
  const { tensors } = JSON.parse(dinov2(...words, '--json').out);
  expect(tensors).toContainEqual(
    expect.objectContaining({ name: 'logits', pass: true, worst: expect.any(Number) }),
  );
  expect(dinov2(...words, '--atol', '1e-4')).toMatchObject({ status: 1 });
});

test('verify says what is assumed of weights that no file describes, and takes the number of heads', () => {
  const file = `${folder}/heads.safetensors`;
  const timm = fileURLToPath(new URL('../../conformance/fixtures/timm/large/', import.meta.url));
  copyFileSync(`${timm}model.safetensors`, file);
  const words = [
    'verify',
    '-m',
    file,
    '-r',
    `${timm}reference.safetensors`,
    '--position-interpolation',
    'timm',
  ];
  const asked = dinov2(...words);
  expect(asked).toMatchObject({ status: 1, out: '' });
  expect(asked.err).toMatch(
    /numAttentionHeads: expected heads .*, got a width of 8; .*--num-attention-heads/,
  );
  const given = dinov2(...words, '--num-attention-heads', '2');
  expect(given).toMatchObject({ status: 0 });
  expect(given.err).toMatch(/^dinov2: .*heads\.safetensors: no file says hiddenAct gelu, .*imageSize 32/m);
  const other = dinov2(...words, '--num-attention-heads', '4');
  expect(other).toMatchObject({ status: 1 });
});
