import { runInNewContext } from 'node:vm';
import { plainArray } from './plain-array.ts';
import { tagOf } from './tag-of.ts';

test('shared memory is copied, other memory is not', () => {
  const shared: Float32Array = new Float32Array(new SharedArrayBuffer(16), 4, 2);
  shared.set([1, 2]);
  const copy = plainArray(Float32Array, shared);
  expect([...copy]).toEqual([1, 2]);
  expect(tagOf(copy.buffer)).toBe('ArrayBuffer');
  const own = new Float32Array(new ArrayBuffer(16), 4, 2);
  expect(plainArray(Float32Array, own).buffer).toBe(own.buffer);
});

test('arrays of another realm and subclasses become plain ones', () => {
  const foreign = runInNewContext('Float32Array.of(1, 2)');
  expect(foreign).not.toBeInstanceOf(Float32Array);
  const plain = plainArray(Float32Array, foreign);
  expect(plain).toBeInstanceOf(Float32Array);
  expect([...plain]).toEqual([1, 2]);
  const bytes = plainArray(Uint8Array, Buffer.from([9, 1, 2]).subarray(1));
  expect(bytes.constructor).toBe(Uint8Array);
  expect([...bytes.slice()]).toEqual([1, 2]);
});
