/** The positions of timm's tokens that are no patches, in the form that its DINOv2 models have. */

import { elementCount } from '../../../../shapes/element-count.ts';
import type { TensorInfo } from '../../../../weights/checkpoint.ts';
import { DTYPE_BYTES } from '../../../../weights/dtype.ts';
import { type PlainCheckpoint, withTensors } from '../../../../weights/key-schemes/plain-checkpoint.ts';
import { widen } from '../../../../weights/widen.ts';

function isSquare(count: number): boolean {
  return count > 0 && Number.isInteger(Math.sqrt(count));
}

/** What a file says of positions: how many patches have one, or which other tokens do. */
export type SaidOfPositions =
  | { patches: number }
  | {
      registers: number;
      /** timm's argument: whether the table has no row for CLS and registers */
      noEmbedClass: boolean;
    };

/** The rows of the table that stand before those of the patches, of a square grid where no file says it. */
function prefixRows(rows: number, registers: number, said: SaidOfPositions | undefined): number {
  const all = 1 + registers;
  if (said !== undefined && 'registers' in said && said.registers === registers)
    return said.noEmbedClass ? 0 : all;
  const [usual, other] = registers > 0 ? [0, all] : [1, 0];
  const isGrid = (count: number) =>
    said !== undefined && 'patches' in said ? count === said.patches : isSquare(count);
  return !isGrid(rows - usual) && isGrid(rows - other) ? other : usual;
}

/**
 * Sees a checkpoint of timm with its positions where they are in timm's DINOv2 models: with registers, inside of the CLS
 * and register tokens; without, in a row of the table for CLS.
 *
 * timm's other models have a row for CLS and each register (Virchow2), or none at all (`no_embed_class` without
 * registers). A position that is added to a token before the first block may as well be a part of the token: the sum is the
 * same float32 number.
 *
 * Source: timm 1.0.31, `models/vision_transformer.py`, `_pos_embed`.
 *
 * @param said what a file says; of registers it counts if they are as many as in the checkpoint
 * @returns the checkpoint itself where there is nothing to do; closing the other closes it
 */
export function withUsualPositions(plain: PlainCheckpoint, said?: SaidOfPositions): PlainCheckpoint {
  const { tensors } = plain;
  const positions = tensors.get('pos_embed');
  const cls = tensors.get('cls_token');
  if (positions?.shape.length !== 3 || cls === undefined || tensors.has('register_tokens')) return plain;
  const registers = tensors.get('reg_token');
  const [, rows = 0, width = 0] = positions.shape;
  const count = registers?.shape[1] ?? 0;
  const prefix = prefixRows(rows, count, said);
  if (prefix === (count > 0 ? 0 : 1) || rows <= prefix || elementCount(cls.shape) !== width) return plain;
  if (registers === undefined) return withRow(plain, positions, width);
  if (elementCount(registers.shape) !== count * width) return plain;
  return withPositionsInTokens(plain, positions, [cls, registers]);
}

/** Puts a row of zeros for CLS before those of the patches. */
function withRow(plain: PlainCheckpoint, positions: TensorInfo, width: number): PlainCheckpoint {
  const { name, dtype, byteLength } = positions;
  const row = width * DTYPE_BYTES[dtype];
  const [one = 1, rows = 0] = positions.shape;
  const info = { ...positions, shape: [one, rows + 1, width], byteLength: byteLength + row };
  return withTensors(plain, [info], async (wanted) => {
    const bytes = await plain.checkpoint.read(wanted);
    if (wanted !== name) return bytes;
    const whole = new Uint8Array(row + bytes.length);
    whole.set(bytes, row);
    return whole;
  });
}

/** Adds the first positions to the tokens they belong to, in their order, in F32, and takes them off the table. */
function withPositionsInTokens(
  plain: PlainCheckpoint,
  positions: TensorInfo,
  tokens: readonly TensorInfo[],
): PlainCheckpoint {
  const { checkpoint } = plain;
  const [one = 1, rows = 0, width = 0] = positions.shape;
  const values = async (info: TensorInfo) => widen(await checkpoint.read(info.name), info.dtype);
  const starts = new Map<string, number>();
  let start = 0;
  for (const { name, shape } of tokens) {
    starts.set(name, start);
    start += elementCount(shape);
  }
  const left = elementCount(positions.shape) - start;
  const infos = [
    ...tokens.map((info) => ({
      ...info,
      dtype: 'F32' as const,
      byteLength: elementCount(info.shape) * DTYPE_BYTES.F32,
    })),
    {
      ...positions,
      shape: [one, rows - start / width, width],
      byteLength: left * DTYPE_BYTES[positions.dtype],
    },
  ];
  return withTensors(plain, infos, async (wanted) => {
    if (wanted === positions.name)
      return (await checkpoint.read(wanted)).slice(start * DTYPE_BYTES[positions.dtype]);
    const token = tokens.find(({ name }) => name === wanted);
    if (token === undefined) return checkpoint.read(wanted);
    const table = await values(positions);
    const first = starts.get(wanted) ?? 0;
    const sum = (await values(token)).map((value, i) => value + (table[first + i] ?? 0));
    return new Uint8Array(sum.buffer, sum.byteOffset, sum.byteLength);
  });
}
