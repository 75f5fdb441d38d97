/** Files of PCA bases that something has happened to. */
import { joined } from '../../../bytes/joined.ts';
import { FormatError } from '../../../errors/errors.ts';
import { memorySource } from '../../../sources/byte-source.ts';
import { openSafetensors } from '../../../weights/safetensors/open-safetensors.ts';
import { safetensorsParts } from '../../../weights/write/encode-safetensors.ts';
import { fitPca } from './fit-pca.ts';
import { PcaBasis } from './pca-basis.ts';

const DIM = 5;
const features = Float32Array.from({ length: 24 * DIM }, (_, i) => Math.sin(i * i));
const whole = (await fitPca({ features, dim: DIM })).toBytes();

/** The file without a tensor, or with one of other values. */
async function changed(name: string, values?: number[], shape?: number[]): Promise<Uint8Array> {
  const file = await openSafetensors(memorySource(whole), 'whole');
  const tensors = await Promise.all(
    [...file.tensors.values()].map(async (each) => ({
      name: each.name,
      dtype: 'F64' as const,
      shape: each.shape,
      bytes: new Uint8Array(await file.read(each.name)),
    })),
  );
  const others = tensors.filter((each) => each.name !== name);
  if (values !== undefined) {
    const bytes = new Uint8Array(Float64Array.from(values).buffer);
    others.push({ name, dtype: 'F64', shape: shape ?? [values.length], bytes });
  }
  return joined(safetensorsParts(others, { format: file.metadata.format ?? '' }));
}

test.each([
  ['mean', [1, 2, Number.NaN, 4, 5], 'basis: expected mean of finite values, got NaN'],
  ['mean', [1, 2, 3, 4], 'basis: expected components of F64 [3, 4], got F64 [3, 5]'],
  [
    'explained_variance',
    [1, Number.POSITIVE_INFINITY, 0],
    'explained_variance of finite values, got Infinity',
  ],
  ['range', undefined, 'basis: expected range of F64 [3, 2], got none'],
  ['foreground_component', undefined, 'basis: expected foreground_component of F64 [5], got none'],
  ['foreground_threshold', undefined, 'basis: expected foreground_threshold of F64 [], got none'],
] as const)('a file whose %s is %p is refused by name', async (name, values, refusal) => {
  const read = PcaBasis.fromBytes(await changed(name, values && [...values]), 'basis');
  await expect(read).rejects.toThrow(FormatError);
  await expect(read).rejects.toThrow(refusal);
});

test('a file of no component, or cut off, is refused', async () => {
  await expect(PcaBasis.fromBytes(await changed('components', [], [0, DIM]), 'basis')).rejects.toThrow(
    'basis: expected a component of a value at least, got [0, 5]',
  );
  await expect(PcaBasis.fromBytes(whole.subarray(0, -9), 'basis')).rejects.toThrow(FormatError);
});
