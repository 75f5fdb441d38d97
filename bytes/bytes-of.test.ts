import { OptionError } from '../errors/errors.ts';
import { bytesOf } from './bytes-of.ts';

const around = Uint8Array.of(9, 9, 9, 1, 2, 3, 9);

test.each([
  ['a Uint8Array', Uint8Array.of(1, 2, 3)],
  ['a Buffer in the middle of another', Buffer.from(around.buffer, 3, 3)],
  ['an unaligned view', around.subarray(3, 6)],
  ['a DataView', new DataView(around.buffer, 3, 3)],
  ['an ArrayBuffer', Uint8Array.of(1, 2, 3).buffer],
])('takes %s', (_, given) => {
  const bytes = bytesOf(given, 'test');
  expect([...bytes]).toEqual([1, 2, 3]);
  expect([...new Uint8Array(bytes.slice().buffer)]).toEqual([1, 2, 3]);
});

test('takes shared memory', () => {
  const shared = new SharedArrayBuffer(5);
  new Uint8Array(shared).set([9, 1, 2, 3, 9]);
  expect([...bytesOf(new Uint8Array(shared, 1, 3), 'test')]).toEqual([1, 2, 3]);
  expect(bytesOf(shared, 'test')).toHaveLength(5);
  expect(bytesOf(new Uint8Array(shared, 1, 3), 'test').slice().buffer).toBeInstanceOf(ArrayBuffer);
});

test('copies nothing', () => {
  const bytes = Buffer.from(around.buffer, 3, 3);
  expect(bytesOf(bytes, 'test').buffer).toBe(around.buffer);
});

test.each([
  ['text', 'abc'],
  ['an array', [1, 2, 3]],
  ['nothing', undefined],
])('refuses %s', (_, given) => {
  expect(() => bytesOf(given as unknown as Uint8Array, 'image 0')).toThrow(OptionError);
  expect(() => bytesOf(given as unknown as Uint8Array, 'image 0')).toThrow(
    /^image 0: expected a Uint8Array or an ArrayBuffer, got /,
  );
});

test('memory that was given away is named', () => {
  const bytes = new Uint8Array(4);
  const { buffer } = bytes;
  structuredClone(buffer, { transfer: [buffer] });
  expect(() => bytesOf(bytes, 'image 0')).toThrow(/given away, as to a worker; pass a copy/);
  expect(() => bytesOf(buffer, 'image 0')).toThrow(OptionError);
});
