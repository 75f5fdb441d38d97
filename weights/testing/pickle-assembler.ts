/** Pickles from their operations, sound ones and others. */
import { OPCODES } from '../torch/pickle/opcodes.ts';

/** Operations, one after another. */
export type Pickle = readonly (number | Pickle)[];

/** The bytes of operations. */
export function assemble(...operations: Pickle): Uint8Array {
  const bytes: number[] = [];
  const add = (part: number | Pickle): void => {
    if (typeof part === 'number') bytes.push(part & 255);
    else for (const inner of part) add(inner);
  };
  add(operations);
  return Uint8Array.from(bytes);
}

/** The bytes of an integer, little-endian. */
export function littleEndian(value: number | bigint, length: number): number[] {
  return Array.from({ length }, (_, i) => Number((BigInt(value) >> BigInt(8 * i)) & 255n));
}

/** A whole pickle of protocol 2. */
export function pickleOf(...operations: Pickle): Uint8Array {
  return assemble(OPCODES.PROTO, 2, operations, OPCODES.STOP);
}

/** Text. */
export function text(value: string): Pickle {
  const bytes = new TextEncoder().encode(value);
  return [OPCODES.BINUNICODE, littleEndian(bytes.length, 4), [...bytes]];
}

/** An integer below 2^63. */
export function integer(value: number | bigint): Pickle {
  return [OPCODES.LONG1, 8, littleEndian(BigInt.asUintN(64, BigInt(value)), 8)];
}

/** A global. */
export function global(module: string, name: string): Pickle {
  return [OPCODES.GLOBAL, [...new TextEncoder().encode(`${module}\n${name}\n`)]];
}

/** A tuple. */
export function tuple(...items: Pickle[]): Pickle {
  return [OPCODES.MARK, items, OPCODES.TUPLE];
}

/** A dict of names. */
export function dict(entries: Readonly<Record<string, Pickle>>): Pickle {
  const items = Object.entries(entries).map(([name, value]) => [text(name), value]);
  return [OPCODES.EMPTY_DICT, OPCODES.MARK, items, OPCODES.SETITEMS];
}

/** A call of a global. */
export function call(callee: Pickle, ...args: Pickle[]): Pickle {
  return [callee, tuple(...args), OPCODES.REDUCE];
}

/** What a hostile tensor may lie about. */
export interface TensorLies {
  key?: string;
  storage?: string;
  /** elements of the storage */
  count?: number | bigint;
  offset?: number | bigint;
  shape?: readonly (number | bigint)[];
  strides?: readonly (number | bigint)[];
}

/** A storage, as persistent ids name it. */
export function storage({ key = '0', storage: type = 'FloatStorage', count = 4 }: TensorLies = {}): Pickle {
  const id = tuple(text('storage'), global('torch', type), text(key), text('cpu'), integer(count));
  return [id, OPCODES.BINPERSID];
}

/** A float32 tensor of 2 × 2, or what is said otherwise. */
export function tensor(lies: TensorLies = {}): Pickle {
  const { offset = 0, shape = [2, 2], strides = [2, 1] } = lies;
  return call(
    global('torch._utils', '_rebuild_tensor_v2'),
    storage(lies),
    integer(offset),
    tuple(...shape.map(integer)),
    tuple(...strides.map(integer)),
    [OPCODES.NEWFALSE],
    call(global('collections', 'OrderedDict')),
  );
}
