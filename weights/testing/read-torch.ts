/** Everything that a torch file gives. */
import { memorySource } from '../../sources/byte-source.ts';
import { openTorch } from '../torch/open-torch.ts';

/** Opens a file and reads all of its tensors, by name. */
export async function readTorch(bytes: Uint8Array): Promise<Map<string, Uint8Array>> {
  const checkpoint = await openTorch(memorySource(bytes), 'x.pth');
  const read = new Map<string, Uint8Array>();
  for (const name of checkpoint.tensors.keys()) read.set(name, await checkpoint.read(name));
  return read;
}
