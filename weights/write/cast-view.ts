/** A checkpoint whose floating-point tensors are of another dtype. */
import { bytesOf } from '../../bytes/bytes-of.ts';
import { narrow } from '../../bytes/narrow.ts';
import { elementCount } from '../../shapes/element-count.ts';
import { type Checkpoint, ofTensor, type TensorInfo } from '../checkpoint.ts';
import { DTYPE_BYTES, type Dtype, isFloat } from '../dtype.ts';
import { widen } from '../widen.ts';
import { widenedView } from '../widened-view.ts';

/** A dtype that weights can be cast to. */
export type CastDtype = 'F32' | 'F16' | 'BF16';

/** Called for each tensor in which finite values became infinite, when it is read. */
export type OnOverflow = (tensor: string, values: number) => void;

/**
 * The checkpoint with its floating-point tensors in one dtype, each cast when it is read.
 *
 * Values are rounded to the nearest; float64 by way of float32, as PyTorch does. Weights in 8 bits are widened first, and
 * their scales are gone. Other integers and booleans are left as they are, and so are the bytes of tensors that have the dtype
 * already.
 *
 * @param source closed when the view is closed
 * @param dtype undefined: every tensor as it is
 * @param onOverflow told of values that are too large for the dtype
 */
export function castView(
  source: Checkpoint,
  dtype: CastDtype | undefined,
  onOverflow?: OnOverflow,
): Checkpoint {
  if (dtype === undefined) return source;
  const checkpoint = widenedView(source);
  const tensors = new Map<string, TensorInfo>();
  for (const [key, info] of checkpoint.tensors)
    tensors.set(key, isFloat(info.dtype) ? cast(info, dtype) : info);
  return {
    where: checkpoint.where,
    tensors,
    metadata: checkpoint.metadata,
    async read(name) {
      const from = ofTensor(checkpoint.tensors, name, checkpoint.where);
      const bytes = await checkpoint.read(name);
      if (from.dtype === dtype || !isFloat(from.dtype)) return bytes;
      const values = widen(bytes, from.dtype);
      const result =
        dtype === 'F32' ? { bytes: bytesOf(values, name), overflowed: 0 } : narrow(values, dtype);
      const lost = result.overflowed + lostToFloat32(values, bytes, from.dtype);
      if (lost > 0) onOverflow?.(name, lost);
      return result.bytes;
    },
    close: () => checkpoint.close(),
  };
}

function cast(info: TensorInfo, dtype: CastDtype): TensorInfo {
  return { ...info, dtype, byteLength: DTYPE_BYTES[dtype] * elementCount(info.shape) };
}

/** How many finite float64 became infinite as float32. */
function lostToFloat32(values: Float32Array, source: Uint8Array, dtype: Dtype): number {
  if (dtype !== 'F64') return 0;
  const doubles = new Float64Array(source.buffer, source.byteOffset, values.length);
  let lost = 0;
  for (let i = 0; i < doubles.length; i++) {
    if (Number.isFinite(doubles[i]) && !Number.isFinite(values[i])) lost++;
  }
  return lost;
}
