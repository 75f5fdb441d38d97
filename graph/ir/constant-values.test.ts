import { constantValues } from './constant-values.ts';

test('values of the dtype are kept, others converted', () => {
  const values = Float32Array.of(1, 2);
  expect(constantValues(values, 'float32')).toBe(values);
  expect(constantValues(values, 'int32')).toEqual(Int32Array.of(1, 2));
});

test("a Buffer, whose slice() is no copy, doesn't stay one", () => {
  const values = constantValues(Buffer.from([0, 1, 1]).subarray(1), 'bool');
  expect(values.constructor).toBe(Uint8Array);
  expect([...values]).toEqual([1, 1]);
});
