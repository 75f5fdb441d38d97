import { checkpointOf, openFixture, tensorsOf } from '../../weights/testing/checkpoints.ts';
import type { TensorToWrite } from '../../weights/write/encode-safetensors.ts';
import { compareCheckpoints, type TensorComparison } from './compare.ts';

type Change = (tensors: TensorToWrite[]) => TensorToWrite[];

/** Rows of a tiny checkpoint against the original code's file of it, changed. */
async function compared(
  a: string,
  b: string,
  atol = 0,
  change: Change = (tensors) => tensors,
): Promise<TensorComparison[]> {
  const other = await checkpointOf(change(await tensorsOf(await openFixture(b))));
  const rows: TensorComparison[] = [];
  for await (const row of compareCheckpoints(await openFixture(a), other, atol)) rows.push(row);
  return rows;
}

function rowOf(rows: readonly TensorComparison[], name: string): TensorComparison | undefined {
  return rows.find((row) => row.name === name);
}

test('the same weights under other names are identical', async () => {
  for (const scheme of ['original', 'hf5']) {
    const rows = await compared('registers-swiglu', `registers-swiglu-${scheme}`);
    expect(rows.filter(({ verdict }) => verdict !== 'identical')).toEqual([]);
    expect(rows.map(({ name }) => name)).toContain('blocks.1.mlp.w12.weight');
  }
});

test('a tensor that one side lacks, or has in another shape, fails', async () => {
  const rows = await compared('plain-mlp', 'plain-mlp-original', 1, (tensors) => [
    ...tensors
      .filter(({ name }) => name !== 'mask_token')
      .map((tensor) => (tensor.name === 'norm.bias' ? { ...tensor, shape: [1, 24] } : tensor)),
    { name: 'surprise', dtype: 'U8' as const, shape: [1], bytes: new Uint8Array(1) },
  ]);
  expect(rows.filter(({ pass }) => !pass)).toEqual([
    {
      name: 'mask_token',
      verdict: 'only in A',
      pass: false,
      a: { dtype: 'F32', shape: [1, 24] },
      b: undefined,
    },
    {
      name: 'norm.bias',
      verdict: 'different shapes',
      pass: false,
      a: { dtype: 'F32', shape: [24] },
      b: { dtype: 'F32', shape: [1, 24] },
    },
    { name: 'surprise', verdict: 'only in B', pass: false, a: undefined, b: { dtype: 'U8', shape: [1] } },
  ]);
});

test('another dtype is close within a tolerance and different without one', async () => {
  const strict = rowOf(await compared('bfloat16', 'plain-mlp'), 'blocks.0.attn.qkv.weight');
  expect(strict).toMatchObject({
    verdict: 'different',
    pass: false,
    a: { dtype: 'BF16' },
    b: { dtype: 'F32' },
  });
  const loose = await compared('bfloat16', 'plain-mlp', 0.02);
  expect(loose.every(({ pass }) => pass)).toBe(true);
  const close = rowOf(loose, 'blocks.0.attn.qkv.weight');
  expect(close).toMatchObject({ verdict: 'close' });
  expect(close?.values?.cosine).toBeGreaterThan(0.9999);
});

test('the same values in another dtype pass without a tolerance, and are not called identical', async () => {
  const wide: Change = (tensors) =>
    tensors.map((tensor) => {
      if (tensor.name !== 'norm.bias') return tensor;
      const values = new Float32Array(tensor.bytes.buffer, tensor.bytes.byteOffset, 24);
      return { ...tensor, dtype: 'F64', bytes: new Uint8Array(Float64Array.from(values).buffer) };
    });
  const rows = await compared('plain-mlp', 'plain-mlp-original', 0, wide);
  expect(rowOf(rows, 'norm.bias')).toMatchObject({ verdict: 'close', pass: true, values: { maxAbs: 0 } });
});

test('bits that differ where values do not are not called identical', async () => {
  const negativeZero: Change = (tensors) =>
    tensors.map((tensor) =>
      tensor.name === 'norm.bias'
        ? { ...tensor, bytes: new Uint8Array(new Float32Array(24).fill(-0).buffer) }
        : tensor,
    );
  const zero: Change = (tensors) =>
    tensors.map((tensor) =>
      tensor.name === 'norm.bias' ? { ...tensor, bytes: new Uint8Array(96) } : tensor,
    );
  const source = await tensorsOf(await openFixture('plain-mlp-original'));
  const rows: TensorComparison[] = [];
  for await (const row of compareCheckpoints(
    await checkpointOf(zero(source)),
    await checkpointOf(negativeZero(source)),
  ))
    rows.push(row);
  expect(rowOf(rows, 'norm.bias')).toMatchObject({ verdict: 'close', pass: true });
});

/** The row of `norm.bias` where A and B have it filled with one number each. */
async function filled(a: number, b: number): Promise<TensorComparison | undefined> {
  const source = await tensorsOf(await openFixture('plain-mlp-original'));
  const withBias = (value: number) =>
    checkpointOf(
      source.map((tensor) =>
        tensor.name === 'norm.bias'
          ? { ...tensor, bytes: new Uint8Array(new Float32Array(24).fill(value).buffer) }
          : tensor,
      ),
    );
  const rows: TensorComparison[] = [];
  for await (const row of compareCheckpoints(await withBias(a), await withBias(b))) rows.push(row);
  return rowOf(rows, 'norm.bias');
}

test('without a tolerance values that differ at all are different', async () => {
  expect(await filled(1, 1 + 2 ** -20)).toMatchObject({ verdict: 'different', pass: false });
});

test.each([Number.NaN, Infinity])('%d in the same bits is identical', async (value) => {
  expect(await filled(value, value)).toMatchObject({ verdict: 'identical', pass: true });
});

test('tensors that no scheme names are compared by their own names, in their own digits', async () => {
  const source = await tensorsOf(await openFixture('plain-mlp-original'));
  const withExtra = (value: number) =>
    checkpointOf([
      ...source,
      { name: 'extra', dtype: 'F64', shape: [1], bytes: new Uint8Array(Float64Array.of(value).buffer) },
    ]);
  const rows: TensorComparison[] = [];
  for await (const row of compareCheckpoints(await withExtra(1), await withExtra(1 + 2 ** -40)))
    rows.push(row);
  expect(rowOf(rows, 'extra')).toMatchObject({ verdict: 'different', values: { maxAbs: 2 ** -40 } });
});

test('the same bytes in another dtype are not called identical', async () => {
  const source = await tensorsOf(await openFixture('plain-mlp-original'));
  const zerosIn = (dtype: 'F16' | 'BF16') =>
    checkpointOf(
      source.map((tensor) =>
        tensor.name === 'norm.bias' ? { ...tensor, dtype, bytes: new Uint8Array(48) } : tensor,
      ),
    );
  const rows: TensorComparison[] = [];
  for await (const row of compareCheckpoints(await zerosIn('F16'), await zerosIn('BF16'))) rows.push(row);
  expect(rowOf(rows, 'norm.bias')).toMatchObject({ verdict: 'close', pass: true });
});
