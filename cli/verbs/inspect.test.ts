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
