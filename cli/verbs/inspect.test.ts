import { dinov2, MODEL } from '../testing/command.ts';

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
    /^memory +about \d\.\d MB for one picture of 64×64 \(257 tokens\): weights in float32 and the widest moment of a block;/m,
  );
});
