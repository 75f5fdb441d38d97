import { deflateSync } from 'node:zlib';
import { inflateWhole } from './inflate-whole.ts';

const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * i) >> 7);
const packed = new Uint8Array(deflateSync(bytes));
const parts = [packed.subarray(0, 5), packed.subarray(5, 5), packed.subarray(5)];
const { getBuiltinModule } = process;

describe.each([
  ['in Node', getBuiltinModule],
  ['in a page', undefined],
])('%s', (_, builtin) => {
  beforeAll(() => Object.assign(process, { getBuiltinModule: builtin }));
  afterAll(() => Object.assign(process, { getBuiltinModule }));

  test('a stream of the right size is unpacked', async () => {
    const unpacked = await inflateWhole(parts, bytes.length);
    expect(Buffer.compare(unpacked ?? new Uint8Array(), bytes)).toBe(0);
  });

  test.each([
    ['longer', parts, bytes.length - 1],
    ['shorter', parts, bytes.length + 1],
    ['cut off', [packed.subarray(0, -5)], bytes.length],
    ['damaged', [packed.subarray(0, -4), new Uint8Array(4)], bytes.length],
    ['empty', [], 1],
  ])('one that is %s is not', async (_, given, size) => {
    expect(await inflateWhole(given, size)).toBeUndefined();
  });
});
