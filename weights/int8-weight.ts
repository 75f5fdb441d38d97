/** A weight in 8 bits, as files have it: `X.weight` of dtype I8 [N, K], and the factors of its rows, `X.weight_scale`. */
import { widenInt8Rows } from '../bytes/int8-rows.ts';
import { FormatError } from '../errors/errors.ts';
import type { Checkpoint, TensorInfo } from './checkpoint.ts';
import { type Dtype, isFloat } from './dtype.ts';
import { widen } from './widen.ts';

const SCALE = '_scale';

/** What to do about a file whose 8 bits can't be read. */
export const QUANTISE_AGAIN =
  "make it anew of the weights in floats: convert(…, { dtype: 'i8' }), --dtype i8 on the command line";

/** The name of the factors of a weight's rows, in a file and among our names. */
export function scaleName(weight: string): string {
  return weight + SCALE;
}

/** The name of the weight whose rows have these factors; undefined if the name is not of factors. */
export function weightOfScale(name: string): string | undefined {
  return /(^|\.)weight_scale$/.test(name) ? name.slice(0, -SCALE.length) : undefined;
}

/**
 * Checks what headers say of a weight and its factors; no value is read.
 *
 * @param weight undefined: the file has none
 * @param scales undefined: the file has none
 * @returns the factors
 * @throws FormatError unless the weight is I8 of two axes or more, and the factors floats [N, 1] or [N]
 */
export function requireScales(
  where: string,
  weight: TensorInfo | undefined,
  scales: TensorInfo | undefined,
): TensorInfo {
  if (weight?.dtype !== 'I8') {
    const got = weight === undefined ? 'none' : `${weight.dtype} ${shape(weight)}`;
    throw new FormatError(
      `${where}: ${scales?.name}: expected an I8 weight whose rows have these factors, got ${got}; ${QUANTISE_AGAIN}`,
    );
  }
  const [rows = 0] = weight.shape;
  const isMatrix = weight.shape.length >= 2;
  if (!isMatrix || scales === undefined) {
    const got = isMatrix ? 'none' : shape(weight);
    throw new FormatError(
      `${where}: ${weight.name}: expected I8 [N, K] with the factors of its rows in ${scaleName(weight.name)}, got ${got}; ${QUANTISE_AGAIN}`,
    );
  }
  const [first, one = 1, ...rest] = scales.shape;
  if (first !== rows || one !== 1 || rest.length > 0 || !isFloat(scales.dtype)) {
    throw new FormatError(
      `${where}: ${scales.name}: expected floats [${rows}, 1], one for each row, got ${scales.dtype} ${shape(scales)}; ${QUANTISE_AGAIN}`,
    );
  }
  return scales;
}

function shape({ shape }: TensorInfo): string {
  return `[${shape.join(', ')}]`;
}

/**
 * The factors of a weight's rows in float32.
 *
 * @param bytes of the tensor
 * @throws FormatError if one is not a number above zero
 */
export function readScales(
  bytes: Uint8Array,
  { name, dtype }: { name: string; dtype: Dtype },
  where: string,
): Float32Array {
  const scales = widen(bytes, dtype);
  const wrong = scales.find((scale) => !(scale > 0 && scale < Infinity));
  if (wrong === undefined) return scales;
  throw new FormatError(
    `${where}: ${name}: expected finite factors above zero, got ${wrong}; ${QUANTISE_AGAIN}`,
  );
}

/**
 * Reads a weight in 8 bits as float32.
 *
 * @returns [N, K] in a new array
 * @throws FormatError as `readScales`; what reading throws
 */
export async function readWidened(
  { where, read }: Pick<Checkpoint, 'where' | 'read'>,
  weight: Pick<TensorInfo, 'name'>,
  scales: Pick<TensorInfo, 'name' | 'dtype'>,
): Promise<Float32Array> {
  const factors = readScales(await read(scales.name), scales, where);
  const { buffer, byteOffset, byteLength } = await read(weight.name);
  return widenInt8Rows({ values: new Int8Array(buffer, byteOffset, byteLength), scales: factors });
}
