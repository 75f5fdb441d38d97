/** The opcodes of Python's pickles, by the names of `pickletools`. */

/** Those that torch's checkpoints are made of, objects of any class beside the weights included. */
export const OPCODES = {
  PROTO: 0x80,
  FRAME: 0x95,
  STOP: 0x2e,
  MARK: 0x28,
  NONE: 0x4e,
  NEWTRUE: 0x88,
  NEWFALSE: 0x89,
  BININT: 0x4a,
  BININT1: 0x4b,
  BININT2: 0x4d,
  LONG1: 0x8a,
  LONG4: 0x8b,
  BINFLOAT: 0x47,
  BINSTRING: 0x54,
  SHORT_BINSTRING: 0x55,
  BINUNICODE: 0x58,
  SHORT_BINUNICODE: 0x8c,
  BINUNICODE8: 0x8d,
  BINBYTES: 0x42,
  SHORT_BINBYTES: 0x43,
  BINBYTES8: 0x8e,
  BYTEARRAY8: 0x96,
  POP: 0x30,
  POP_MARK: 0x31,
  DUP: 0x32,
  EMPTY_TUPLE: 0x29,
  TUPLE: 0x74,
  TUPLE1: 0x85,
  TUPLE2: 0x86,
  TUPLE3: 0x87,
  EMPTY_LIST: 0x5d,
  APPEND: 0x61,
  APPENDS: 0x65,
  EMPTY_DICT: 0x7d,
  SETITEM: 0x73,
  SETITEMS: 0x75,
  EMPTY_SET: 0x8f,
  ADDITEMS: 0x90,
  FROZENSET: 0x91,
  GLOBAL: 0x63,
  STACK_GLOBAL: 0x93,
  REDUCE: 0x52,
  BUILD: 0x62,
  NEWOBJ: 0x81,
  NEWOBJ_EX: 0x92,
  INST: 0x69,
  OBJ: 0x6f,
  EXT1: 0x82,
  EXT2: 0x83,
  EXT4: 0x84,
  BINPERSID: 0x51,
  BINGET: 0x68,
  LONG_BINGET: 0x6a,
  BINPUT: 0x71,
  LONG_BINPUT: 0x72,
  MEMOIZE: 0x94,
} as const;

/** Those that torch never writes: the text forms of protocol 0, and bytes outside of the pickle. */
const REFUSED = {
  INT: 0x49,
  LONG: 0x4c,
  STRING: 0x53,
  UNICODE: 0x56,
  FLOAT: 0x46,
  LIST: 0x6c,
  DICT: 0x64,
  GET: 0x67,
  PUT: 0x70,
  PERSID: 0x50,
  NEXT_BUFFER: 0x97,
  READONLY_BUFFER: 0x98,
} as const;

const NAMES = new Map<number, string>(
  [...Object.entries(OPCODES), ...Object.entries(REFUSED)].map(([name, code]) => [code, name]),
);

/** An opcode as messages show it: its name, where it has one, and its number. */
export function opcodeName(code: number): string {
  const number = `0x${code.toString(16).padStart(2, '0')}`;
  const name = NAMES.get(code);
  return name === undefined ? number : `${name} (${number})`;
}
