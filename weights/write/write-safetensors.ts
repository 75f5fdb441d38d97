/** One safetensors file, written tensor by tensor. */
import { FormatError } from '../../errors/errors.ts';
import type { Checkpoint, TensorInfo } from '../checkpoint.ts';
import { ReadAhead } from '../read-ahead.ts';
import { fileOrder, safetensorsHeader } from './safetensors-header.ts';

/** Where bytes go: a file, or whatever else takes them in order. */
export interface ByteSink {
  /** Takes all of the bytes; the caller may change them once the promise is fulfilled. */
  write(bytes: Uint8Array): Promise<void>;
  /** Ends the writing; safe to call twice. */
  close(): Promise<void>;
}

/** How writing can be stopped and followed. */
export interface WriteOptions {
  /** free text for the header */
  metadata?: Readonly<Record<string, string>>;
  /** stops between two tensors */
  signal?: AbortSignal | undefined;
  /** called after each tensor with its bytes */
  onTensor?: (byteLength: number) => void;
}

/**
 * Writes tensors of a checkpoint as a safetensors file, the next tensor being read while one is written.
 *
 * For the same tensors and metadata the file is, byte for byte, the one that Python's safetensors writes.
 * Two tensors are in memory at a time.
 *
 * @param tensors entries of `checkpoint.tensors`, in any order
 * @param sink left open
 * @throws FormatError if a tensor's bytes are not as many as its entry says; what reading, the sink and the signal throw
 */
export async function writeSafetensors(
  checkpoint: Checkpoint,
  tensors: readonly TensorInfo[],
  sink: ByteSink,
  { metadata = {}, signal, onTensor }: WriteOptions = {},
): Promise<void> {
  const ordered = fileOrder(tensors);
  const ahead = new ReadAhead(
    checkpoint,
    ordered.map(({ name }) => name),
  );
  try {
    await sink.write(safetensorsHeader(ordered, metadata));
    for (const { name, byteLength } of ordered) {
      signal?.throwIfAborted();
      const bytes = await ahead.read(name);
      if (bytes.byteLength !== byteLength) {
        throw new FormatError(
          `${checkpoint.where}: ${name}: expected ${byteLength} bytes, got ${bytes.byteLength}`,
        );
      }
      await sink.write(bytes);
      onTensor?.(byteLength);
    }
  } finally {
    await ahead.settle();
  }
}
