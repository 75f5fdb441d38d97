import { dinov2, MODEL, REFERENCE } from '../testing/command.ts';

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
