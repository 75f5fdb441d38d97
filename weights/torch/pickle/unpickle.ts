/** A reader of pickles that runs nothing: it knows the opcodes of plain data, and a list of globals by name. */
import { FormatError } from '../../../errors/errors.ts';
import { ByteCursor } from './byte-cursor.ts';
import { decodeInteger, decodeOldText, decodeText, requireIntegerLength } from './decode.ts';
import { OPCODES as OP, opcodeName } from './opcodes.ts';
import { PickleStack } from './pickle-stack.ts';
import {
  describeValue,
  PickleDict,
  type PickleFailure,
  PickleGlobal,
  PickleList,
  PickleOpaque,
  PickleTuple,
  type PickleValue,
} from './values.ts';

/** What a pickle may refer to outside of itself. */
export interface PickleContext {
  /** the global of that module and name; undefined if it isn't on the list */
  findGlobal(name: string): PickleGlobal | undefined;
  /** what a persistent id stands for */
  loadPersistent(id: PickleValue, fail: PickleFailure): PickleValue;
}

/** Ten times the opcodes of a giant model with its optimizer. */
const MAX_OPERATIONS = 2_000_000;
const MAX_NAME_BYTES = 1024;
const MAX_PROTOCOL = 5;

const REMEDY =
  'where you trust the file, write its weights alone in Python: ' +
  "torch.save(torch.load(path, weights_only=False)['model'], 'weights.pth'), or torch.save(model.state_dict(), …)";

/**
 * Reads one pickle.
 *
 * @param bytes the pickle stands in them
 * @param start its first byte
 * @param where its name in error messages
 * @returns the value, and the byte behind the pickle
 * @throws PickleTruncated if it goes on beyond the bytes; FormatError naming what is not allowed in it
 */
export function unpickle(
  bytes: Uint8Array,
  start: number,
  context: PickleContext,
  where: string,
): { value: PickleValue; end: number } {
  const machine = new PickleMachine(bytes, start, context, where);
  for (let operations = 0; operations < MAX_OPERATIONS; operations++) {
    if (machine.step()) return { value: machine.stack.result(), end: machine.position };
  }
  throw new FormatError(`${where}: expected a pickle of at most ${MAX_OPERATIONS} operations, got more`);
}

class PickleMachine {
  private readonly cursor: ByteCursor;
  private readonly context: PickleContext;
  private readonly where: string;
  readonly stack: PickleStack;
  private opcode = 0;
  private opcodeAt = 0;

  constructor(bytes: Uint8Array, start: number, context: PickleContext, where: string) {
    this.cursor = new ByteCursor(bytes, start, where);
    this.context = context;
    this.where = where;
    this.stack = new PickleStack(this.fail);
  }

  get position(): number {
    return this.cursor.position;
  }

  private readonly fail: PickleFailure = (expected, got, remedy) => {
    const at = `${opcodeName(this.opcode)} at byte ${this.opcodeAt}`;
    throw new FormatError(
      `${this.where}: ${at}: expected ${expected}, got ${got}${remedy === undefined ? '' : `; ${remedy}`}`,
    );
  };

  /** Does the next operation; true if it was the last. */
  step(): boolean {
    const { cursor } = this;
    this.opcodeAt = cursor.position;
    this.opcode = cursor.byte();
    switch (this.opcode) {
      case OP.STOP:
        return true;
      case OP.PROTO:
        this.protocol(cursor.byte());
        break;
      case OP.FRAME:
        // a hint for readers of streams
        cursor.uint64();
        break;
      case OP.MARK:
        this.stack.mark();
        break;
      case OP.NONE:
        this.stack.push(null);
        break;
      case OP.NEWTRUE:
        this.stack.push(true);
        break;
      case OP.NEWFALSE:
        this.stack.push(false);
        break;
      case OP.BININT:
        this.stack.push(cursor.int32());
        break;
      case OP.BININT1:
        this.stack.push(cursor.byte());
        break;
      case OP.BININT2:
        this.stack.push(cursor.uint16());
        break;
      case OP.LONG1:
        this.stack.push(this.integer(cursor.byte()));
        break;
      case OP.LONG4:
        this.stack.push(this.integer(cursor.uint32()));
        break;
      case OP.BINFLOAT:
        this.stack.push(cursor.float64());
        break;
      case OP.SHORT_BINUNICODE:
        this.stack.push(decodeText(cursor.take(cursor.byte()), this.fail));
        break;
      case OP.SHORT_BINSTRING:
        this.stack.push(decodeOldText(cursor.take(cursor.byte())));
        break;
      case OP.BINUNICODE:
        this.stack.push(decodeText(cursor.take(cursor.uint32()), this.fail));
        break;
      case OP.BINSTRING:
        this.stack.push(decodeOldText(cursor.take(cursor.uint32())));
        break;
      case OP.BINUNICODE8:
        this.stack.push(decodeText(cursor.take(cursor.uint64()), this.fail));
        break;
      case OP.SHORT_BINBYTES:
        this.stack.push(cursor.take(cursor.byte()));
        break;
      case OP.BINBYTES:
        this.stack.push(cursor.take(cursor.uint32()));
        break;
      case OP.BINBYTES8:
      case OP.BYTEARRAY8:
        this.stack.push(cursor.take(cursor.uint64()));
        break;
      case OP.EMPTY_TUPLE:
        this.stack.push(new PickleTuple([]));
        break;
      case OP.TUPLE1:
        this.stack.push(new PickleTuple(this.stack.popItems(1)));
        break;
      case OP.TUPLE2:
        this.stack.push(new PickleTuple(this.stack.popItems(2)));
        break;
      case OP.TUPLE3:
        this.stack.push(new PickleTuple(this.stack.popItems(3)));
        break;
      case OP.TUPLE:
        this.stack.push(new PickleTuple(this.stack.popToMark()));
        break;
      case OP.EMPTY_LIST:
        this.stack.push(new PickleList());
        break;
      case OP.APPEND:
        this.append(this.stack.popItems(1));
        break;
      case OP.APPENDS:
        this.append(this.stack.popToMark());
        break;
      case OP.EMPTY_DICT:
        this.stack.push(new PickleDict());
        break;
      case OP.SETITEM:
        this.setItems(this.stack.popItems(2));
        break;
      case OP.SETITEMS:
        this.setItems(this.stack.popToMark());
        break;
      case OP.EMPTY_SET:
        this.stack.push(new PickleOpaque('set'));
        break;
      case OP.ADDITEMS:
        this.stack.popToMark();
        if (!(this.stack.top() instanceof PickleOpaque)) this.fail('a set', describeValue(this.stack.top()));
        break;
      case OP.FROZENSET:
        this.stack.popToMark();
        this.stack.push(new PickleOpaque('frozenset'));
        break;
      case OP.GLOBAL: {
        const module = decodeText(cursor.line(MAX_NAME_BYTES), this.fail);
        this.stack.push(this.global(module, decodeText(cursor.line(MAX_NAME_BYTES), this.fail)));
        break;
      }
      case OP.STACK_GLOBAL: {
        const [module, name] = this.stack.popItems(2);
        this.stack.push(this.global(module, name));
        break;
      }
      case OP.REDUCE: {
        const [callee, args] = this.stack.popItems(2);
        this.stack.push(this.call(callee, args));
        break;
      }
      case OP.NEWOBJ: {
        const [type, args] = this.stack.popItems(2);
        if (!(type instanceof PickleGlobal) || type.kind !== 'class') {
          this.fail('a class', describeValue(type));
        }
        this.stack.push(this.call(type, args));
        break;
      }
      case OP.BUILD: {
        // attributes are left out: nothing that is kept has any
        this.stack.pop();
        const target = this.stack.top();
        if (!(target instanceof PickleDict || target instanceof PickleOpaque)) {
          this.fail('an object that may have attributes', describeValue(target));
        }
        break;
      }
      case OP.BINPERSID:
        this.stack.push(this.context.loadPersistent(this.stack.pop(), this.fail));
        break;
      case OP.BINGET:
        this.stack.push(this.stack.recall(cursor.byte()));
        break;
      case OP.LONG_BINGET:
        this.stack.push(this.stack.recall(cursor.uint32()));
        break;
      case OP.BINPUT:
        this.stack.remember(cursor.byte());
        break;
      case OP.LONG_BINPUT:
        this.stack.remember(cursor.uint32());
        break;
      case OP.MEMOIZE:
        this.stack.remember();
        break;
      default:
        this.fail('an opcode of a checkpoint', opcodeName(this.opcode), REMEDY);
    }
    return false;
  }

  private protocol(version: number): void {
    if (version < 2 || version > MAX_PROTOCOL) {
      this.fail(`a pickle of protocol 2 to ${MAX_PROTOCOL}`, `protocol ${version}`);
    }
  }

  private integer(length: number): number | bigint {
    return decodeInteger(this.cursor.take(requireIntegerLength(length, this.fail)));
  }

  private append(items: readonly PickleValue[]): void {
    const list = this.stack.top();
    if (!(list instanceof PickleList)) this.fail('a list', describeValue(list));
    else for (const item of items) list.items.push(item);
  }

  private setItems(items: readonly PickleValue[]): void {
    const dict = this.stack.top();
    if (dict instanceof PickleOpaque) return;
    if (!(dict instanceof PickleDict)) this.fail('a dict', describeValue(dict));
    else dict.setItems(items, this.fail);
  }

  private global(module: PickleValue | undefined, name: PickleValue | undefined): PickleGlobal {
    if (typeof module !== 'string' || typeof name !== 'string') {
      return this.fail('the name of a global', `${describeValue(module)} and ${describeValue(name)}`);
    }
    const full = `${module}.${name}`;
    const found = this.context.findGlobal(full);
    const got = full.length > MAX_NAME_BYTES ? 'one with a very long name' : `the global ${full}`;
    return found ?? this.fail('only tensors and plain containers', got, REMEDY);
  }

  private call(callee: PickleValue | undefined, args: PickleValue | undefined): PickleValue {
    if (!(callee instanceof PickleGlobal) || callee.call === undefined) {
      return this.fail('a function of the list', describeValue(callee));
    }
    if (!(args instanceof PickleTuple)) return this.fail('arguments in a tuple', describeValue(args));
    return callee.call(args.items, this.fail);
  }
}
