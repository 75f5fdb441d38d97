/** A PCA basis as a safetensors file. */
import { FormatError } from '../../../errors/errors.ts';
import { encodeFloat64File, Float64File, type Float64Tensor } from '../float64-file.ts';
import type { PcaParts } from './pca-parts.ts';

const FORMAT = { format: 'dinov2-tfjs-pca', holds: 'a PCA basis', saveFlag: '--save-basis' };

/** @returns the file; see `PcaBasis.toBytes` */
export function encodePcaBasis(parts: PcaParts, metadata: Readonly<Record<string, string>>): Uint8Array {
  const dim = parts.mean.length;
  const count = parts.explainedVariance.length;
  const { foreground } = parts;
  const tensors: Float64Tensor[] = [
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
  return encodeFloat64File(FORMAT, tensors, metadata);
}

/**
 * Reads what `encodePcaBasis` has written.
 *
 * @param where the file, for error messages
 * @throws FormatError if it is none, lacks a tensor or has it in another shape, or if a value is not finite
 */
export async function decodePcaBasis(bytes: Uint8Array, where: string): Promise<PcaParts> {
  const file = await Float64File.open(bytes, where, FORMAT);
  const count = file.lengthOf('components');
  const dim = file.lengthOf('mean');
  if (!(count >= 1 && dim >= 1)) {
    throw new FormatError(`${where}: expected a component of a value at least, got [${count}, ${dim}]`);
  }
  const parts: PcaParts = {
    mean: await file.read('mean', dim),
    components: await file.read('components', count, dim),
    explainedVariance: await file.read('explained_variance', count),
    explainedVarianceRatio: await file.read('explained_variance_ratio', count),
    range: await file.read('range', count, 2),
    metadata: file.metadata,
  };
  if (!file.names.some((name) => name.startsWith('foreground_'))) return parts;
  const [threshold = 0] = await file.read('foreground_threshold');
  const [isAbove] = await file.read('foreground_is_above');
  const foreground = {
    mean: await file.read('foreground_mean', dim),
    component: await file.read('foreground_component', dim),
    threshold,
    isAbove: isAbove === 1,
  };
  return { ...parts, foreground };
}
