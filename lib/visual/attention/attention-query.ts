/** Whose attention is looked at: a token, by its name or by a pixel of the image. */
import { OptionError } from '../../../errors/errors.ts';
import { shown } from '../../../errors/shown.ts';
import type { PatchGrid } from '../../../images/geometry/patch-grid.ts';
import { isObject } from '../../../options/json-object.ts';

/** The CLS token, a register from 0 on, or the patch that sees a point, in pixels of the upright image. */
export type AttentionQuery =
  | 'cls'
  | { readonly register: number }
  | { readonly x: number; readonly y: number };

/** Whether a value is one, of whatever model and image. */
export function isAttentionQuery(value: unknown): value is AttentionQuery {
  if (value === 'cls') return true;
  if (!isObject(value)) return false;
  const { register, x, y } = value;
  return register === undefined
    ? Number.isFinite(x) && Number.isFinite(y)
    : Number.isSafeInteger(register) && x === undefined && y === undefined;
}

/**
 * The token that is meant: 0 is CLS, then registers, then patches row by row.
 *
 * @param where the call, for error messages
 * @param numRegisters R
 * @throws OptionError if the model has no such register, or sees nothing at the point
 */
export function tokenOf(where: string, query: AttentionQuery, numRegisters: number, grid: PatchGrid): number {
  if (query === 'cls') return 0;
  if ('register' in query) {
    if (query.register >= 0 && query.register < numRegisters) return 1 + query.register;
    const has = numRegisters === 0 ? 'no registers' : `registers from 0 to ${numRegisters - 1}`;
    throw new OptionError(
      `${where}: query: expected a token of a model that has ${has}, got register ${query.register}`,
    );
  }
  const patch = grid.patchAt(query);
  if (patch !== undefined) return 1 + numRegisters + patch;
  const { x, y, width, height } = grid.visible;
  throw new OptionError(
    `${where}: query: expected a point that the model sees, x from ${x} to below ${x + width} and y from ${y} to below ${y + height}, got ${shown(query.x)}, ${shown(query.y)}`,
  );
}

/** A token as a command line has it: `cls`, `register:1`, `320,240`. */
export function parseAttentionQuery(text: string): AttentionQuery {
  const [, register] = /^register:(\d+)$/.exec(text) ?? [];
  if (register !== undefined) return { register: Number(register) };
  const [, x, y] = /^(\d+(?:\.\d+)?),(\d+(?:\.\d+)?)$/.exec(text) ?? [];
  if (x !== undefined) return { x: Number(x), y: Number(y) };
  if (text === 'cls') return text;
  throw new OptionError('expected cls, register:<i>, or x,y');
}
