import { memorySource } from '../../sources/byte-source.ts';
import type { Checkpoint } from '../checkpoint.ts';
import { openSafetensors } from '../safetensors/open-safetensors.ts';
import { castView } from './cast-view.ts';
import { safetensorsParts, type TensorToWrite } from './encode-safetensors.ts';

type Values = Float64Array | Float32Array | Uint16Array | BigInt64Array | Uint8Array;

function tensor(name: string, dtype: TensorToWrite['dtype'], values: Values): TensorToWrite {
  const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
  return { name, dtype, shape: [values.length], bytes };
}

async function checkpoint(...tensors: TensorToWrite[]): Promise<Checkpoint> {
  const bytes = new Uint8Array(Buffer.concat(safetensorsParts(tensors)));
  return openSafetensors(memorySource(bytes), 'given');
}

const ONE = { F16: 0x3c00, BF16: 0x3f80 };

test('every floating-point dtype becomes the one asked for', async () => {
  const given = await checkpoint(
    tensor('f64', 'F64', Float64Array.of(1)),
    tensor('f32', 'F32', Float32Array.of(1)),
    tensor('f16', 'F16', Uint16Array.of(ONE.F16)),
    tensor('bf16', 'BF16', Uint16Array.of(ONE.BF16)),
  );
  for (const dtype of ['F32', 'F16', 'BF16'] as const) {
    const view = castView(given, dtype);
    const expected = dtype === 'F32' ? Float32Array.of(1) : Uint16Array.of(ONE[dtype]);
    for (const [name, info] of view.tensors) {
      expect(info).toMatchObject({ name, dtype, shape: [1], byteLength: expected.byteLength });
      expect(await view.read(name)).toEqual(new Uint8Array(expected.buffer));
    }
  }
});

test('integers, booleans and tensors of the dtype keep their bytes, odd bits of no-numbers too', async () => {
  const given = await checkpoint(
    tensor('int', 'I64', BigInt64Array.of(2n ** 62n)),
    tensor('half', 'F16', Uint16Array.of(0x7c01, 0x0001)),
    tensor('flag', 'BOOL', Uint8Array.of(1)),
  );
  const view = castView(given, 'F16');
  for (const [name, info] of given.tensors) {
    expect(view.tensors.get(name)).toEqual(expect.objectContaining({ dtype: info.dtype }));
    expect(await view.read(name)).toEqual(await given.read(name));
  }
});

test.each([
  ['F16', Float32Array.of(65519, 65520, -1e9, Infinity), 2],
  ['BF16', Float32Array.of(3.4e38, -1, Number.NaN), 1],
  ['F32', Float64Array.of(3.4e38, 1e39, -Infinity), 1],
  ['F16', Float64Array.of(1e39, 1e5, 1), 2],
] as const)('values too large for %s are reported', async (dtype, values, expected) => {
  const given = await checkpoint(tensor('x', values instanceof Float64Array ? 'F64' : 'F32', values));
  const reported: [string, number][] = [];
  const view = castView(given, dtype, (...each) => reported.push(each));
  await view.read('x');
  expect(reported).toEqual([['x', expected]]);
});

test('without a dtype the checkpoint is as it was', async () => {
  const given = await checkpoint(tensor('x', 'F32', Float32Array.of(1)));
  expect(castView(given, undefined)).toBe(given);
});

test('bytes that stand inside a larger buffer are cast', async () => {
  const values = Float64Array.of(Infinity, 1e39);
  const given = await checkpoint(tensor('x', 'F64', values.subarray(1)));
  const inside: Checkpoint = { ...given, read: async () => new Uint8Array(values.buffer, 8, 8) };
  const reported: number[] = [];
  expect(await castView(inside, 'F32', (_, count) => reported.push(count)).read('x')).toEqual(
    new Uint8Array(Float32Array.of(Infinity).buffer),
  );
  expect(reported).toEqual([1]);
});

test('free text of the file is kept, and the file is closed with the view', async () => {
  let closed = 0;
  const given: Checkpoint = {
    ...(await checkpoint(tensor('x', 'F32', Float32Array.of(1)))),
    metadata: { format: 'pt' },
    close: async () => {
      closed++;
    },
  };
  const view = castView(given, 'F16');
  await view.close();
  expect([view.metadata, closed]).toEqual([{ format: 'pt' }, 1]);
});
