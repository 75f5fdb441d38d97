import { buildNativeProbe, parseNativeSpeed } from './native-limit.ts';

describe('the limit of native code', () => {
  test('is read from what the probe prints', () => {
    expect(parseNativeSpeed('190880000000 8\n')).toEqual({ speed: 190.88e9, lanes: 8 });
  });

  test('is refused where the probe prints anything else', () => {
    for (const text of ['', '12', 'nan 8', '0 8', 'a b']) {
      expect(() => parseNativeSpeed(text)).toThrow('expected the probe to print two numbers');
    }
  });

  test('is not known where there is no compiler', () => {
    expect(buildNativeProbe('there-is-no-such-compiler')).toBeUndefined();
  });
});
