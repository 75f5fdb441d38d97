/** A checkpoint with some of its weights in 8 bits. */
import { bytesOf } from '../../bytes/bytes-of.ts';
import { quantiseRows, rowScales } from '../../bytes/int8-rows.ts';
import { elementCount } from '../../shapes/element-count.ts';
import type { Checkpoint, TensorInfo } from '../checkpoint.ts';
import { DTYPE_BYTES, isFloat } from '../dtype.ts';
import { scaleName, weightOfScale } from '../int8-weight.ts';
import { widen } from '../widen.ts';

/**
 * Sees weights as I8 [N, K] and the scales of their rows, F32 [N, 1], see `quantiseRows`. Each is rounded when it is read, and
 * read once more for its scales, so that no more than one of them is in memory. All else keeps its bytes, as do weights that are in
 * 8 bits already.
 *
 * @param checkpoint closed when the view is closed
 * @param isRounded whether a weight of this name is to be in 8 bits; it is, if it is a matrix of floats
 */
export function int8View(checkpoint: Checkpoint, isRounded: (name: string) => boolean): Checkpoint {
  const rounded = new Map<string, TensorInfo>();
  const tensors = new Map<string, TensorInfo>();
  for (const [name, info] of checkpoint.tensors) {
    const { shape, dtype } = info;
    const isMatrix = name.endsWith('.weight') && shape.length === 2 && isFloat(dtype);
    tensors.set(name, info);
    if (!isMatrix || !isRounded(name)) continue;
    rounded.set(name, info);
    tensors.set(name, { ...info, dtype: 'I8', byteLength: elementCount(shape) });
    const [scale, [rows = 0]] = [scaleName(name), shape];
    const byteLength = rows * DTYPE_BYTES.F32;
    tensors.set(scale, { name: scale, dtype: 'F32', shape: [rows, 1], byteLength });
  }
  return {
    ...checkpoint,
    tensors,
    async read(name) {
      const weight = weightOfScale(name) ?? name;
      const from = rounded.get(weight);
      if (from === undefined) return checkpoint.read(name);
      const values = widen(await checkpoint.read(weight), from.dtype);
      const [, inputs = 0] = from.shape;
      const wanted = weight === name ? quantiseRows(values, inputs).values : rowScales(values, inputs);
      return bytesOf(wanted, name);
    },
    close: () => checkpoint.close(),
  };
}
