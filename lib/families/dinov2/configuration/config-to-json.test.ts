import { Dinov2Config } from './dinov2-config.ts';

test.each([
  ['dinov2', 0, false],
  ['dinov2', 4, true],
  ['dinov2_with_registers', 0, true],
] as const)(
  '%s with %d registers: whether they are written is %p',
  (modelType, numRegisterTokens, written) => {
    const json = new Dinov2Config({ modelType, numRegisterTokens }).toJSON();
    expect('num_register_tokens' in json).toBe(written);
  },
);
