/** A PCA basis as a safetensors file. */
import { bytesOf } from '../../../bytes/bytes-of.ts';
import { joined } from '../../../bytes/joined.ts';
import { FormatError } from '../../../errors/errors.ts';
import { memorySource } from '../../../sources/byte-source.ts';
import type { Checkpoint } from '../../../weights/checkpoint.ts';
import { openSafetensors } from '../../../weights/safetensors/open-safetensors.ts';
import { safetensorsParts } from '../../../weights/write/encode-safetensors.ts';
import type { PcaParts } from './pca-parts.ts';

/** What the metadata of a basis says under `format`. */
const FORMAT = 'dinov2-tfjs-pca';

/** @returns the file; see `PcaBasis.toBytes` */
export function encodePcaBasis(parts: PcaParts, metadata: Readonly<Record<string, string>>): Uint8Array {
  const dim = parts.mean.length;
  const count = parts.explainedVariance.length;
  const { foreground } = parts;
  const tensors: [name: string, shape: number[], values: Float64Array][] = [
    ['mean', [dim], parts.mean],
    ['components', [count, dim], parts.components],
    ['explained_variance', [count], parts.explainedVariance],
    ['explained_variance_ratio', [count], parts.explainedVarianceRatio],
    ['range', [count, 2], parts.range],
  ];
  if (foreground !== undefined) {
    tensors.push(
      ['foreground_mean', [dim], foreground.mean],
      ['foreground_component', [dim], foreground.component],
      ['foreground_threshold', [], Float64Array.of(foreground.threshold)],
      ['foreground_is_above', [], Float64Array.of(foreground.isAbove ? 1 : 0)],
    );
  }
  const written = tensors.map(([name, shape, values]) => ({
    name,
    dtype: 'F64' as const,
    shape,
    bytes: bytesOf(values, name),
  }));
  return joined(safetensorsParts(written, { ...metadata, format: FORMAT }));
}

/**
 * Reads what `encodePcaBasis` has written.
 *
 * @param where the file, for error messages
 * @throws FormatError if it is none, lacks a tensor or has it in another shape, or if a value is not finite
 */
export async function decodePcaBasis(bytes: Uint8Array, where: string): Promise<PcaParts> {
  const file = await openSafetensors(memorySource(bytes), where);
  if (file.metadata.format !== FORMAT) {
    throw new FormatError(
      `${where}: expected a PCA basis, got a safetensors file of something else; save one with toBytes()`,
    );
  }
  const count = file.tensors.get('components')?.shape[0] ?? 0;
  const dim = file.tensors.get('mean')?.shape[0] ?? 0;
  if (!(count >= 1 && dim >= 1)) {
    throw new FormatError(`${where}: expected a component of a value at least, got [${count}, ${dim}]`);
  }
  const read = (name: string, ...shape: number[]): Promise<Float64Array> => readValues(file, name, shape);
  const parts: PcaParts = {
    mean: await read('mean', dim),
    components: await read('components', count, dim),
    explainedVariance: await read('explained_variance', count),
    explainedVarianceRatio: await read('explained_variance_ratio', count),
    range: await read('range', count, 2),
  };
  if (![...file.tensors.keys()].some((name) => name.startsWith('foreground_'))) return parts;
  const [threshold = 0] = await read('foreground_threshold');
  const [isAbove] = await read('foreground_is_above');
  const foreground = {
    mean: await read('foreground_mean', dim),
    component: await read('foreground_component', dim),
    threshold,
    isAbove: isAbove === 1,
  };
  return { ...parts, foreground };
}

async function readValues(file: Checkpoint, name: string, shape: readonly number[]): Promise<Float64Array> {
  const tensor = file.tensors.get(name);
  if (tensor?.dtype !== 'F64' || String(tensor.shape) !== String(shape)) {
    const got = tensor === undefined ? 'none' : `${tensor.dtype} [${tensor.shape.join(', ')}]`;
    throw new FormatError(`${file.where}: expected ${name} of F64 [${shape.join(', ')}], got ${got}`);
  }
  // a copy, as the place in the file need not divide by 8
  const values = new Float64Array(new Uint8Array(await file.read(name)).buffer);
  const odd = values.find((each) => !Number.isFinite(each));
  if (odd === undefined) return values;
  throw new FormatError(
    `${file.where}: expected ${name} of finite values, got ${odd}; fit and save it again`,
  );
}
