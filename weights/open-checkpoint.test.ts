import { memoryRepository } from '../sources/repository.ts';
import { openCheckpoint } from './open-checkpoint.ts';
import { dict, tensor } from './testing/pickle-assembler.ts';
import { torchStateDict, torchZip } from './testing/torch-file.ts';
import { float32ToWrite, safetensorsParts } from './write/encode-safetensors.ts';

/** A tensor whose name tells from which file it came. */
function tensorOf(file: string) {
  return float32ToWrite(file, [1], Float32Array.of(file.length));
}

const torch = (name: string) => torchStateDict([tensorOf(name)]);
const safetensors = (name: string) => new Uint8Array(Buffer.concat(safetensorsParts([tensorOf(name)])));
const index = (map: Record<string, string>) => new TextEncoder().encode(JSON.stringify({ weight_map: map }));

test.each<[string, Record<string, Uint8Array>, string, string[]]>([
  [
    'safetensors before torch',
    { 'model.safetensors': safetensors('a'), 'pytorch_model.bin': torch('b') },
    'model.safetensors',
    ['a'],
  ],
  ['pytorch_model.bin', { 'pytorch_model.bin': torch('b'), 'x.pth': torch('c') }, 'pytorch_model.bin', ['b']],
  [
    'shards of torch',
    {
      'pytorch_model.bin.index.json': index({ a: 'x-1.bin', b: 'x-2.bin' }),
      'x-1.bin': torch('a'),
      'x-2.bin': torch('b'),
    },
    'pytorch_model.bin.index.json',
    ['a', 'b'],
  ],
  ['the only .safetensors file', { 'x.safetensors': safetensors('c') }, 'x.safetensors', ['c']],
  ['the only .pth file', { 'x.pth': torch('c'), 'config.json': new Uint8Array(2) }, 'x.pth', ['c']],
  ['the only .pt file', { 'x.pt': torch('c') }, 'x.pt', ['c']],
  ['the only .ckpt file', { 'x.ckpt': torch('c') }, 'x.ckpt', ['c']],
  ['the only .pth.tar file', { 'x.pth.tar': torch('c') }, 'x.pth.tar', ['c']],
  ['a torch file by another name', { 'model.safetensors': torch('d') }, 'model.safetensors', ['d']],
  ['a safetensors file by another name', { 'x.pth': safetensors('e') }, 'x.pth', ['e']],
])('%s', async (_, files, where, names) => {
  const checkpoint = await openCheckpoint(memoryRepository(files));
  expect(checkpoint.where).toBe(`files in memory/${where}`);
  expect([...checkpoint.tensors.keys()]).toEqual(names);
  for (const name of names) {
    expect(new Float32Array((await checkpoint.read(name)).buffer)).toEqual(Float32Array.of(name.length));
  }
});

test.each<[string, Record<string, Uint8Array>, RegExp]>([
  [
    'several .pth files',
    { 'a.pth': torch('a'), 'b.pth': torch('b') },
    /or one file of weights under another name, got a\.pth, b\.pth; name the file itself/,
  ],
  [
    'two files under other names',
    { 'a.safetensors': safetensors('a'), 'b.pth': torch('b') },
    /got a\.safetensors, b\.pth; name the file itself/,
  ],
  [
    'a shard without the others',
    { 'model-00001-of-00002.safetensors': safetensors('a') },
    /the index of their shards, .* got model-00001-of-00002\.safetensors/,
  ],
  [
    'nothing',
    { 'config.json': new Uint8Array(2) },
    /expected model\.safetensors, pytorch_model\.bin, .* got none of them$/,
  ],
  ['formats that are not read', { 'model.onnx': new Uint8Array(2) }, /got model\.onnx/],
  [
    'a file that is neither',
    { 'x.pth': new Uint8Array(100).fill(200) },
    /x\.pth: .*is this a safetensors or torch file/,
  ],
  [
    'a pointer of Git LFS',
    {
      'model.safetensors': Buffer.from('version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n'),
    },
    /model\.safetensors: .*got a Git LFS pointer; fetch the file with git lfs pull/,
  ],
])('refuses %s', async (_, files, message) => {
  await expect(openCheckpoint(memoryRepository(files))).rejects.toThrow(message);
});

test('a weights key goes to files of torch, and is an error for others', async () => {
  const container = torchZip(dict({ model: dict({ a: tensor() }), ema: dict({ b: tensor() }) }));
  const checkpoint = await openCheckpoint(memoryRepository({ 'x.pth': container }), 'ema');
  expect([...checkpoint.tensors.keys()]).toEqual(['b']);
  const shards = { 'pytorch_model.bin.index.json': index({ b: 'x.bin' }), 'x.bin': container };
  expect([...(await openCheckpoint(memoryRepository(shards), 'ema')).tensors.keys()]).toEqual(['b']);
  await expect(openCheckpoint(memoryRepository({ 'x.pth': safetensors('e') }), 'ema')).rejects.toThrow(
    /x\.pth: weightsKey: expected a PyTorch file, .* leave the option out/,
  );
});
