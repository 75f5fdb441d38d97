/** How many bytes the weights of a model take. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { storedBytes } from '../../../ops/linear-weight.ts';
import { isRounded, type Precision } from '../../../ops/precision.ts';

/** Bytes of a value. */
const BYTES: Readonly<Record<Precision, number>> = { f32: 4, f16: 2, i8: 1 };

/** A model's weights in bytes. */
export interface WeightBytes {
  /** as the precision says: linear weights of blocks in 4, 2 or 1 bytes, with a scale of 4 bytes an output for i8; others in 4 */
  readonly weights: number;
  /** what the backend keeps them in */
  readonly stored: number;
}

/**
 * The weights of a model in bytes.
 *
 * @param parameters by our names, on the current backend
 * @param precision what they were rounded to
 */
export function weightBytes(parameters: ReadonlyMap<string, Tensor>, precision: Precision): WeightBytes {
  let weights = 0;
  let stored = 0;
  for (const [name, parameter] of parameters) {
    const { size, shape } = parameter;
    const rounds = shape.length === 2 && isRounded(name);
    const scales = rounds && precision === 'i8' ? 4 * (shape[0] ?? 0) : 0;
    weights += size * BYTES[rounds ? precision : 'f32'] + scales;
    stored += storedBytes(parameter);
  }
  return { weights, stored };
}
