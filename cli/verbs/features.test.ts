import { DIGITS, dinov2, MODEL } from '../testing/command.ts';

test('features writes a file that verify accepts as a reference', () => {
  const { status, out } = dinov2(
    'features',
    `${DIGITS}/six.png`,
    '-m',
    MODEL,
    '--layers=0,-1',
    '--attentions',
    '-o',
    'six.safetensors',
  );
  expect(status).toBe(0);
  expect(out).toContain('hidden_states.4\t[1, 65, 96]');
  expect(out).toContain('attentions.3\t[1, 3, 65, 65]');
  expect(dinov2('verify', '-m', MODEL, '-r', 'six.safetensors').status).toBe(0);
});
