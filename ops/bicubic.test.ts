import { readFileSync } from 'node:fs';
import { memorySource } from '../sources/byte-source.ts';
import { openSafetensors } from '../weights/safetensors/open-safetensors.ts';
import { widen } from '../weights/widen.ts';
import { bicubicAntialiasMatrix, bicubicMatrix } from './bicubic.ts';

const PATH = new URL('../conformance/fixtures/bicubic.safetensors', import.meta.url).pathname;

function weightsOf(mode: string, from: number, to: number): Float32Array {
  if (mode === 'bicubic') return bicubicMatrix(from, to, from / to);
  if (mode === 'bicubic-offset') return bicubicMatrix(from, to, 1 / ((to + 0.1) / from));
  return bicubicAntialiasMatrix(from, to);
}

test('the weights of both forms have the bits of PyTorch', async () => {
  const file = await openSafetensors(memorySource(new Uint8Array(readFileSync(PATH))), 'bicubic');
  const differing: string[] = [];
  for (const name of file.tensors.keys()) {
    const [mode = '', from, to] = name.split('.');
    const expected = widen(await file.read(name), 'F32');
    const actual = weightsOf(mode, Number(from), Number(to));
    expect(actual.length).toBe(expected.length);
    const count = actual.filter((value, i) => value !== expected[i]).length;
    if (count > 0) differing.push(`${name}: ${count} of ${expected.length}`);
  }
  expect(file.tensors.size).toBe(48);
  expect(differing).toEqual([]);
});
