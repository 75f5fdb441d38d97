import { widen } from '../weights/widen.ts';
import { type NarrowDtype, narrow } from './narrow.ts';

const CODES = Uint16Array.from({ length: 0x1_0000 }, (_, code) => code);

/** Every value of a 16-bit dtype, by its code. */
function everyValue(dtype: NarrowDtype): Float32Array {
  return widen(new Uint8Array(CODES.slice().buffer), dtype);
}

function codes(values: Float32Array, dtype: NarrowDtype): Uint16Array {
  return new Uint16Array(narrow(values, dtype).bytes.buffer);
}

/** The float32 that comes after a positive one, or before it. */
function neighbour(value: number, step: 1 | -1): number {
  const floats = Float32Array.of(value);
  const bits = new Int32Array(floats.buffer);
  bits[0] = (bits[0] ?? 0) + step;
  return floats[0] ?? 0;
}

describe.each<[NarrowDtype, largest: number, infinity: number]>([
  ['F16', 0x7bff, 0x7c00],
  ['BF16', 0x7f7f, 0x7f80],
])('%s', (dtype, largest, infinity) => {
  const values = everyValue(dtype);

  test('every value keeps its code, and what is no number stays none', () => {
    const result = codes(values, dtype);
    const wrong = CODES.filter((code) =>
      Number.isNaN(values[code]) ? ((result[code] ?? 0) & 0x7fff) <= infinity : result[code] !== code,
    );
    expect([...wrong]).toEqual([]);
  });

  test('between two values the nearer one is taken, and the even one at half the way', () => {
    const given: number[] = [];
    const expected: number[] = [];
    for (let code = 0; code < largest; code++) {
      const [low, high] = [values[code] ?? 0, values[code + 1] ?? 0];
      const middle = (low + high) / 2;
      const even = code % 2 === 0 ? code : code + 1;
      given.push(neighbour(middle, -1), middle, neighbour(middle, 1));
      expected.push(code, even, code + 1);
    }
    const positive = Float32Array.from(given);
    expect(codes(positive, dtype)).toEqual(Uint16Array.from(expected));
    const negative = positive.map((value) => -value);
    expect(codes(negative, dtype)).toEqual(Uint16Array.from(expected, (code) => code | 0x8000));
  });

  test('finite values that become infinite are counted', () => {
    const last = values[largest] ?? 0;
    const limit = last + (last - (values[largest - 1] ?? 0)) / 2;
    const given = Float32Array.of(neighbour(limit, -1), limit, -limit, Infinity, -Infinity, Number.NaN, last);
    expect(narrow(given, dtype).overflowed).toBe(2);
    expect([...codes(given, dtype)].slice(0, 5)).toEqual([
      largest,
      infinity,
      infinity | 0x8000,
      infinity,
      infinity | 0x8000,
    ]);
  });

  test('a float32 far below every value becomes a zero of its sign', () => {
    const tiny = 2 ** -149;
    expect([...codes(Float32Array.of(tiny, -tiny, 0, -0), dtype)]).toEqual([0, 0x8000, 0, 0x8000]);
  });

  test('what is no number keeps the upper bits of its payload', () => {
    const given = new Float32Array(Int32Array.of(0x7f80_0000 | (0x75 << 16)).buffer);
    expect([...codes(given, dtype)]).toEqual([dtype === 'F16' ? 0x7e00 | ((0x75 << 3) & 0x1ff) : 0x7ff5]);
  });

  test('what is no number becomes quiet', () => {
    const signalling = new Float32Array(Int32Array.of(0x7f80_0001, 0xff80_0001 | 0).buffer);
    expect([...codes(signalling, dtype)]).toEqual(dtype === 'F16' ? [0x7e00, 0xfe00] : [0x7fc0, 0xffc0]);
  });
});

test('values inside a larger buffer are rounded', () => {
  expect([...codes(Float32Array.of(5, 1).subarray(1), 'F16')]).toEqual([0x3c00]);
});
