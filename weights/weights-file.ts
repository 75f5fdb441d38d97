/** One file of weights, whatever its format. */
import type { ByteSource } from './byte-source.ts';
import type { Checkpoint } from './checkpoint.ts';
import { openSafetensors } from './safetensors/open-safetensors.ts';
import { isTorch, SIGNATURE_BYTES } from './torch/torch-signature.ts';

/**
 * Opens a file of safetensors or of torch.save, recognised by its first bytes.
 *
 * @param source the file; the checkpoint closes it
 * @param where its name in error messages
 * @throws FormatError if it is malformed; the source is closed then
 */
export async function openWeightsFile(source: ByteSource, where: string): Promise<Checkpoint> {
  if (!isTorch(await firstBytes(source))) return openSafetensors(source, where);
  const { openTorch } = await import('./torch/open-torch.ts');
  return openTorch(source, where);
}

async function firstBytes(source: ByteSource): Promise<Uint8Array> {
  try {
    return await source.read(0, Math.min(source.size, SIGNATURE_BYTES));
  } catch (error) {
    await source.close();
    throw error;
  }
}
