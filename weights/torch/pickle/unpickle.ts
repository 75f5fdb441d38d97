/**
 * A reader of pickles that runs nothing: it knows plain data and a list of globals by name. Objects of every other class
 * are passed over: they are never built, and nothing of theirs is looked up.
 */
import { FormatError } from '../../../errors/errors.ts';
import { ByteCursor } from './byte-cursor.ts';
import { decodeText } from './decode.ts';
import { readLiteral } from './literals.ts';
import { OPCODES as OP, opcodeName } from './opcodes.ts';
import { MAX_NAME_BYTES, PickleGlobals, REMEDY } from './pickle-globals.ts';
import { PickleStack } from './pickle-stack.ts';
import {
  describeValue,
  type PickleContext,
  PickleDict,
  type PickleFailure,
  type PickleGlobal,
  PickleList,
  PickleOpaque,
  PickleTuple,
  type PickleValue,
} from './values.ts';

/** Ten times the opcodes of a giant model with its optimizer. */
const MAX_OPERATIONS = 2_000_000;
const MAX_PROTOCOL = 5;

/** What a pickle comes to. */
export interface Unpickled {
  value: PickleValue;
  /** the byte behind the pickle */
  end: number;
  /** how many objects were passed over, by the names of their classes or of the functions that would make them */
  passedOver: ReadonlyMap<string, number>;
}

/**
 * Reads one pickle.
 *
 * @param bytes the pickle stands in them
 * @param start its first byte
 * @param where its name in error messages
 * @throws PickleTruncated if it goes on beyond the bytes; FormatError naming what is not allowed in it
 */
export function unpickle(bytes: Uint8Array, start: number, context: PickleContext, where: string): Unpickled {
  const machine = new PickleMachine(bytes, start, context, where);
  for (let operations = 0; operations < MAX_OPERATIONS; operations++) {
    if (machine.step()) {
      return { value: machine.stack.result(), end: machine.position, passedOver: machine.globals.passedOver };
    }
  }
  throw new FormatError(`${where}: expected a pickle of at most ${MAX_OPERATIONS} operations, got more`);
}

class PickleMachine {
  private readonly cursor: ByteCursor;
  private readonly context: PickleContext;
  private readonly where: string;
  readonly stack: PickleStack;
  readonly globals: PickleGlobals;
  private opcode = 0;
  private opcodeAt = 0;

  constructor(bytes: Uint8Array, start: number, context: PickleContext, where: string) {
    this.cursor = new ByteCursor(bytes, start, where);
    this.context = context;
    this.where = where;
    this.stack = new PickleStack(this.fail);
    this.globals = new PickleGlobals(context, this.fail);
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
      case OP.NONE:
        this.stack.push(null);
        break;
      case OP.MARK:
        this.stack.mark();
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
      case OP.POP:
        this.stack.drop();
        break;
      case OP.POP_MARK:
        this.stack.popToMark();
        break;
      case OP.DUP:
        this.stack.push(this.stack.top());
        break;
      case OP.FROZENSET:
        this.stack.popToMark();
        this.stack.push(new PickleOpaque('frozenset'));
        break;
      case OP.GLOBAL:
        this.stack.push(this.namedGlobal());
        break;
      case OP.STACK_GLOBAL: {
        const [module, name] = this.stack.popItems(2);
        this.stack.push(this.globals.find(module, name));
        break;
      }
      case OP.EXT1:
        this.stack.push(this.globals.extension(cursor.byte()));
        break;
      case OP.EXT2:
        this.stack.push(this.globals.extension(cursor.uint16()));
        break;
      case OP.EXT4:
        this.stack.push(this.globals.extension(cursor.uint32()));
        break;
      case OP.REDUCE: {
        const [callee, args] = this.stack.popItems(2);
        this.stack.push(this.globals.call(callee, args));
        break;
      }
      case OP.NEWOBJ: {
        const [type, args] = this.stack.popItems(2);
        this.stack.push(this.globals.create(type, args));
        break;
      }
      case OP.NEWOBJ_EX: {
        const [type, args] = this.stack.popItems(3);
        this.stack.push(this.globals.create(type, args));
        break;
      }
      case OP.INST: {
        const type = this.namedGlobal();
        this.stack.push(this.globals.create(type, new PickleTuple(this.stack.popToMark())));
        break;
      }
      case OP.OBJ: {
        const [type, ...args] = this.stack.popToMark();
        this.stack.push(this.globals.create(type, new PickleTuple(args)));
        break;
      }
      case OP.BUILD:
        this.build(this.stack.pop());
        break;
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
        this.stack.push(
          readLiteral(this.opcode, cursor, this.fail) ??
            this.fail('an opcode of a checkpoint', opcodeName(this.opcode), REMEDY),
        );
    }
    return false;
  }

  private protocol(version: number): void {
    if (version < 2 || version > MAX_PROTOCOL) {
      this.fail(`a pickle of protocol 2 to ${MAX_PROTOCOL}`, `protocol ${version}`);
    }
  }

  private append(items: readonly PickleValue[]): void {
    const list = this.stack.top();
    if (list instanceof PickleOpaque) return;
    if (!(list instanceof PickleList)) this.fail('a list', describeValue(list));
    else for (const item of items) list.items.push(item);
  }

  private setItems(items: readonly PickleValue[]): void {
    const target = this.stack.top();
    if (target instanceof PickleOpaque) target.items ??= new PickleDict();
    const dict = target instanceof PickleOpaque ? target.items : target;
    if (!(dict instanceof PickleDict)) this.fail('a dict', describeValue(dict));
    else dict.setItems(items, this.fail);
  }

  /** Gives attributes to an object; those of a dict are left out. */
  private build(state: PickleValue): void {
    const target = this.stack.top();
    if (target instanceof PickleOpaque) target.state = state;
    else if (!(target instanceof PickleDict)) {
      this.fail('an object that may have attributes', describeValue(target));
    }
  }

  private namedGlobal(): PickleGlobal {
    const module = decodeText(this.cursor.line(MAX_NAME_BYTES), this.fail);
    return this.globals.find(module, decodeText(this.cursor.line(MAX_NAME_BYTES), this.fail));
  }
}
