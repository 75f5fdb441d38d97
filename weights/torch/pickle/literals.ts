/** Numbers, texts and bytes of pickles. */
import type { ByteCursor } from './byte-cursor.ts';
import { decodeInteger, decodeOldText, decodeText, requireIntegerLength } from './decode.ts';
import { OPCODES as OP } from './opcodes.ts';
import type { PickleFailure } from './values.ts';

/** A value that an opcode and the bytes behind it spell out. */
type Literal = boolean | number | bigint | string | Uint8Array;

/**
 * Reads the value of an opcode.
 *
 * @param cursor behind the opcode
 * @returns undefined if it is another kind of opcode; nothing is read then
 */
export function readLiteral(opcode: number, cursor: ByteCursor, fail: PickleFailure): Literal | undefined {
  const integer = (length: number): number | bigint =>
    decodeInteger(cursor.take(requireIntegerLength(length, fail)));
  switch (opcode) {
    case OP.NEWTRUE:
      return true;
    case OP.NEWFALSE:
      return false;
    case OP.BININT:
      return cursor.int32();
    case OP.BININT1:
      return cursor.byte();
    case OP.BININT2:
      return cursor.uint16();
    case OP.LONG1:
      return integer(cursor.byte());
    case OP.LONG4:
      return integer(cursor.uint32());
    case OP.BINFLOAT:
      return cursor.float64();
    case OP.SHORT_BINUNICODE:
      return decodeText(cursor.take(cursor.byte()), fail);
    case OP.SHORT_BINSTRING:
      return decodeOldText(cursor.take(cursor.byte()));
    case OP.BINUNICODE:
      return decodeText(cursor.take(cursor.uint32()), fail);
    case OP.BINSTRING:
      return decodeOldText(cursor.take(cursor.uint32()));
    case OP.BINUNICODE8:
      return decodeText(cursor.take(cursor.uint64()), fail);
    case OP.SHORT_BINBYTES:
      return cursor.take(cursor.byte());
    case OP.BINBYTES:
      return cursor.take(cursor.uint32());
    case OP.BINBYTES8:
    case OP.BYTEARRAY8:
      return cursor.take(cursor.uint64());
    default:
      return undefined;
  }
}
