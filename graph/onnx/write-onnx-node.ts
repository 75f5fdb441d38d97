/** ONNX models as files. */
import { basename, dirname, join } from 'node:path';
import { OptionError } from '../../errors/errors.ts';
import { openFileSink } from '../../weights/write/file-sink-node.ts';
import type { ByteSink } from '../../weights/write/write-safetensors.ts';
import { writeWhole } from '../../weights/write/write-whole-node.ts';
import type { ExportOnnxOptions } from '../tracing/export-onnx.ts';
import {
  byteLength,
  bytesOf,
  type ExternalPlace,
  encodeModel,
  LARGEST_MESSAGE,
  type Piece,
} from './encode-model.ts';
import type { OnnxModel, OnnxTensor } from './onnx-model.ts';

/** How a model is written. */
export type WriteOnnxOptions = Pick<
  ExportOnnxOptions,
  'externalData' | 'overwrite' | 'signal' | 'onProgress'
>;

/** Tensors of fewer bytes, shapes above all, stay in the model's own file, where its readers look for them. */
const SMALLEST_OUTSIDE = 1024;
/** Where values in a second file begin, so that they can be mapped into memory. */
const ALIGNMENT = 4096;

/** The name of the second file, which is the one that transformers.js looks for. */
export function externalName(model: string): string {
  return `${basename(model)}_data`;
}

/** Whether a model has to be written in two files. */
export function needsExternalData(model: OnnxModel): boolean {
  return byteLength(encodeModel(model)) > LARGEST_MESSAGE;
}

/**
 * Writes a model, tensor by tensor; a file appears when it is complete.
 *
 * @param path of the model; with external data a second file, `externalName`, is written beside it
 * @returns the paths of the files
 * @throws OptionError if one file is asked for and can't hold it; SourceError if a file is there already or can't be
 *   written; the signal's reason
 */
export async function writeOnnx(
  model: OnnxModel,
  path: string,
  options: WriteOnnxOptions = {},
): Promise<string[]> {
  const { externalData = needsExternalData(model) } = options;
  const progress = new Progress(model, options);
  if (!externalData) {
    const pieces = encodeModel(model);
    if (byteLength(pieces) > LARGEST_MESSAGE) {
      throw new OptionError(
        `${path}: expected at most 2 GB in one file, got ${byteLength(pieces)} bytes; leave externalData on`,
      );
    }
    await writeWhole(path, options, (temporary) => writePieces(temporary, pieces, progress));
    return [path];
  }
  const data = join(dirname(path), externalName(path));
  const places = placesIn(model, externalName(path));
  const pieces = encodeModel(model, (tensor) => places.get(tensor));
  // both are complete before either appears
  await writeWhole(path, options, (temporaryModel) =>
    writeWhole(data, options, async (temporaryData) => {
      await writePieces(temporaryData, outsidePieces(places), progress);
      await writePieces(temporaryModel, pieces, progress);
    }),
  );
  return [path, data];
}

class Progress {
  readonly signal: AbortSignal | undefined;
  private readonly total: number;
  private readonly onProgress: WriteOnnxOptions['onProgress'];
  private written = 0;

  constructor({ tensors }: OnnxModel, { signal, onProgress }: WriteOnnxOptions) {
    this.total = tensors.reduce((sum, tensor) => sum + tensor.byteLength, 0);
    this.signal = signal;
    this.onProgress = onProgress;
  }

  add(bytes: number): void {
    this.written += bytes;
    this.onProgress?.(this.written, this.total);
  }
}

function placesIn({ tensors }: OnnxModel, location: string): Map<OnnxTensor, ExternalPlace> {
  const places = new Map<OnnxTensor, ExternalPlace>();
  let offset = 0;
  for (const tensor of tensors) {
    if (tensor.byteLength < SMALLEST_OUTSIDE) continue;
    places.set(tensor, { location, offset });
    offset += Math.ceil(tensor.byteLength / ALIGNMENT) * ALIGNMENT;
  }
  return places;
}

function outsidePieces(places: ReadonlyMap<OnnxTensor, ExternalPlace>): Piece[] {
  return [...places.keys()].flatMap((tensor): Piece[] => {
    const gap = (ALIGNMENT - (tensor.byteLength % ALIGNMENT)) % ALIGNMENT;
    return [tensor, new Uint8Array(gap)];
  });
}

async function writePieces(path: string, pieces: readonly Piece[], progress: Progress): Promise<void> {
  const sink = await openFileSink(path);
  try {
    for (const piece of pieces) await writePiece(sink, piece, progress);
  } finally {
    await sink.close();
  }
}

async function writePiece(sink: ByteSink, piece: Piece, progress: Progress): Promise<void> {
  const isTensor = !(piece instanceof Uint8Array);
  if (isTensor) progress.signal?.throwIfAborted();
  await sink.write(await bytesOf(piece));
  if (isTensor) progress.add(piece.byteLength);
}
