/** Numbers, texts and bytes of pickles. */
import type { ByteCursor } from './byte-cursor.ts';
import { decodeInteger, decodeOldText, decodeText, requireIntegerLength } from './decode.ts';
import { OPCODES as OP } from './opcodes.ts';
import type { PickleFailure } from './values.ts';

/** A value that an opcode and the bytes behind it spell out. */
type Literal = boolean | number | bigint | string | Uint8Array;

type Read = (cursor: ByteCursor, fail: PickleFailure) => Literal;

const LITERALS: ReadonlyMap<number, Read> = new Map<number, Read>([
  [OP.NEWTRUE, () => true],
  [OP.NEWFALSE, () => false],
  [OP.BININT, (cursor) => cursor.int32()],
  [OP.BININT1, (cursor) => cursor.byte()],
  [OP.BININT2, (cursor) => cursor.uint16()],
  [OP.LONG1, (cursor, fail) => integer(cursor, cursor.byte(), fail)],
  [OP.LONG4, (cursor, fail) => integer(cursor, cursor.uint32(), fail)],
  [OP.BINFLOAT, (cursor) => cursor.float64()],
  [OP.SHORT_BINUNICODE, (cursor, fail) => decodeText(cursor.take(cursor.byte()), fail)],
  [OP.SHORT_BINSTRING, (cursor) => decodeOldText(cursor.take(cursor.byte()))],
  [OP.BINUNICODE, (cursor, fail) => decodeText(cursor.take(cursor.uint32()), fail)],
  [OP.BINSTRING, (cursor) => decodeOldText(cursor.take(cursor.uint32()))],
  [OP.BINUNICODE8, (cursor, fail) => decodeText(cursor.take(cursor.uint64()), fail)],
  [OP.SHORT_BINBYTES, (cursor) => cursor.take(cursor.byte())],
  [OP.BINBYTES, (cursor) => cursor.take(cursor.uint32())],
  [OP.BINBYTES8, (cursor) => cursor.take(cursor.uint64())],
  [OP.BYTEARRAY8, (cursor) => cursor.take(cursor.uint64())],
]);

/**
 * Reads the value of an opcode.
 *
 * @param cursor behind the opcode
 * @returns undefined if it is another kind of opcode; nothing is read then
 */
export function readLiteral(opcode: number, cursor: ByteCursor, fail: PickleFailure): Literal | undefined {
  return LITERALS.get(opcode)?.(cursor, fail);
}

function integer(cursor: ByteCursor, length: number, fail: PickleFailure): number | bigint {
  return decodeInteger(cursor.take(requireIntegerLength(length, fail)));
}
