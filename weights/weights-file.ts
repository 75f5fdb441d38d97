/** One file of weights, whatever its format. */
import { OptionError } from '../errors/errors.ts';
import type { ByteSource } from '../sources/byte-source.ts';
import type { Checkpoint } from './checkpoint.ts';
import { openSafetensors } from './safetensors/open-safetensors.ts';
import { isTorch, SIGNATURE_BYTES } from './torch/torch-signature.ts';

/**
 * Opens a file of safetensors or of torch.save, recognised by its first bytes.
 *
 * @param source the file; the checkpoint closes it
 * @param weightsKey the container in a file of torch.save to take them from
 * @throws FormatError if it is malformed; OptionError if there are no containers in such a file; the source is closed then
 */
export async function openWeightsFile(
  source: ByteSource,
  where: string,
  weightsKey?: string,
): Promise<Checkpoint> {
  const { identity } = source;
  if (isTorch(await firstBytes(source))) {
    const { openTorch } = await import('./torch/open-torch.ts');
    return { ...(await openTorch(source, where, weightsKey)), identity };
  }
  if (weightsKey === undefined) return { ...(await openSafetensors(source, where)), identity };
  await source.close();
  throw new OptionError(
    `${where}: weightsKey: expected a PyTorch file, which may have several containers, got another; leave the option out`,
  );
}

async function firstBytes(source: ByteSource): Promise<Uint8Array> {
  try {
    return await source.read(0, Math.min(source.size, SIGNATURE_BYTES));
  } catch (error) {
    await source.close();
    throw error;
  }
}
