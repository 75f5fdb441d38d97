/** The CLS position inside the CLS token, as timm and candle have it in models with registers. */

import { narrow } from '../../../../bytes/narrow.ts';
import { FormatError } from '../../../../errors/errors.ts';
import { elementCount } from '../../../../shapes/element-count.ts';
import type { Checkpoint, TensorInfo } from '../../../../weights/checkpoint.ts';
import { DTYPE_BYTES, type Dtype, isFloat } from '../../../../weights/dtype.ts';
import { widen } from '../../../../weights/widen.ts';

function requireShape(
  checkpoint: Checkpoint,
  name: string,
  isFitting: (shape: readonly number[]) => boolean,
): TensorInfo {
  const info = checkpoint.tensors.get(name);
  if (info === undefined || !isFitting(info.shape)) {
    const got = info === undefined ? 'none' : `[${info.shape.join(', ')}]`;
    const expected = name === 'cls_token' ? '[1, 1, D]' : '[1, 1 + N, D]';
    throw new FormatError(`${checkpoint.where}: ${name}: expected ${expected}, got ${got}`);
  }
  return info;
}

/** The sum in the dtype of both, as PyTorch adds them, or in F32 where they differ. */
function add(a: Uint8Array, b: Uint8Array, from: readonly [Dtype, Dtype], to: Dtype): Uint8Array {
  if (to === 'F64') {
    const other = new Float64Array(b.buffer, b.byteOffset, b.byteLength / 8);
    const sum = new Float64Array(a.buffer, a.byteOffset, a.byteLength / 8).map(
      (value, i) => value + (other[i] ?? 0),
    );
    return new Uint8Array(sum.buffer);
  }
  const other = widen(b, from[1]);
  const sum = widen(a, from[0]).map((value, i) => value + (other[i] ?? 0));
  return to === 'F16' || to === 'BF16' ? narrow(sum, to).bytes : new Uint8Array(sum.buffer);
}

/**
 * Adds the first position to `cls_token` and takes it off `pos_embed`.
 *
 * Source: timm 1.0.31, `_convert_dinov2` in `models/vision_transformer.py`.
 *
 * @param checkpoint under our names
 * @throws FormatError if the two tensors are missing or misshapen
 */
export function foldClsPosition(checkpoint: Checkpoint): Checkpoint {
  const cls = requireShape(
    checkpoint,
    'cls_token',
    ([one, tokens, dim = 0, ...rest]) => one === 1 && tokens === 1 && dim > 0 && rest.length === 0,
  );
  const dim = elementCount(cls.shape);
  const positions = requireShape(
    checkpoint,
    'pos_embed',
    ([one, tokens = 0, width, ...rest]) => one === 1 && tokens > 1 && width === dim && rest.length === 0,
  );
  const rowBytes = dim * DTYPE_BYTES[positions.dtype];
  const dtypes = [cls.dtype, positions.dtype] as const;
  const dtype: Dtype = cls.dtype === positions.dtype && isFloat(cls.dtype) ? cls.dtype : 'F32';
  const tensors = new Map(checkpoint.tensors);
  tensors.set('cls_token', { ...cls, dtype, byteLength: dim * DTYPE_BYTES[dtype] });
  tensors.set('pos_embed', {
    ...positions,
    shape: [1, (positions.shape[1] ?? 0) - 1, dim],
    byteLength: positions.byteLength - rowBytes,
  });
  return {
    ...checkpoint,
    tensors,
    async read(name) {
      if (name === 'pos_embed') return (await checkpoint.read(name)).slice(rowBytes);
      if (name !== 'cls_token') return checkpoint.read(name);
      const token = await checkpoint.read('cls_token');
      const position = (await checkpoint.read('pos_embed')).slice(0, rowBytes);
      return add(token, position, dtypes, dtype);
    },
  };
}
