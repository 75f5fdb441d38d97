/** Files of torch.save, against what torch reads from them. */
import { readFileSync } from 'node:fs';
import { FormatError } from '../errors/errors.ts';
import { memorySource } from '../sources/byte-source.ts';
import type { Checkpoint } from '../weights/checkpoint.ts';
import { openWeightsFile } from '../weights/weights-file.ts';
import { checkMutant } from './fuzz/check-mutant.ts';
import { readOriginals } from './fuzz/fixtures.ts';
import { mutate } from './fuzz/mutate.ts';
import { Random } from './fuzz/random.ts';

const FOLDER = new URL('fixtures/torch/', import.meta.url);

function open(file: string): Promise<Checkpoint> {
  const bytes = new Uint8Array(readFileSync(new URL(file, FOLDER)));
  return openWeightsFile(memorySource(bytes), file);
}

const index: Record<string, { expected: string; container?: string }> = JSON.parse(
  readFileSync(new URL('index.json', FOLDER), 'utf8'),
);

test.each(Object.entries(index))(
  '%s: the same bytes as torch reads',
  async (file, { expected, container }) => {
    const [actual, truth] = [await open(`${file}.pth`), await open(`${expected}.safetensors`)];
    expect(actual.metadata.torch_container).toBe(container);
    expect([...actual.tensors.keys()].sort()).toEqual([...truth.tensors.keys()].sort());
    for (const [tensor, { name, dtype, shape, byteLength }] of truth.tensors) {
      expect(actual.tensors.get(tensor)).toEqual({ name, dtype, shape, byteLength });
      expect([tensor, await actual.read(tensor)]).toEqual([tensor, await truth.read(tensor)]);
    }
  },
);

test.each([
  ['complex', /"weight": expected a plain tensor of a dtype among F64, .* got torch\.complex64/],
  ['float8', /"weight": expected a plain tensor .* got torch\.float8_e4m3fn/],
  ['sparse', /"weight": expected a plain tensor .* got a sparse tensor/],
  ['conjugate', /"weight": expected a plain tensor .* got a view that negates/],
  ['tensor', /expected a dict of tensors, got a tensor; save model\.state_dict\(\)/],
  ['script', /got a TorchScript program/],
])('%s is refused', async (name, message) => {
  await expect(open(`refused-${name}.pth`)).rejects.toThrow(message);
  await expect(open(`refused-${name}.pth`)).rejects.toBeInstanceOf(FormatError);
});

test('files that are a little wrong end in an error or a right answer', async () => {
  const originals = await readOriginals(FOLDER);
  let refused = 0;
  for (let file = 0; file < 600; file++) {
    const random = new Random(file);
    const original = originals[random.below(originals.length)];
    if (original === undefined) throw new Error('expected torch files');
    const outcome = await checkMutant(original, mutate(original.bytes, random));
    if ('refused' in outcome) refused++;
  }
  expect(refused).toBeGreaterThan(300);
});
