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
 * @throws PickleTruncated if it goes on beyond the bytes; FormatError naming what is not allowed in it
 */
export function unpickle(bytes: Uint8Array, start: number, context: PickleContext, where: string): Unpickled {
  const machine = new PickleMachine(bytes, start, context, where);
  for (let operations = 0; operations < MAX_OPERATIONS; operations++) {
    if (machine.step()) {
      return {
        value: machine.stack.result(),
        end: machine.cursor.position,
        passedOver: machine.globals.passedOver,
      };
    }
  }
  throw new FormatError(`${where}: expected a pickle of at most ${MAX_OPERATIONS} operations, got more`);
}

class PickleMachine {
  readonly cursor: ByteCursor;
  readonly context: PickleContext;
  readonly stack: PickleStack;
  readonly globals: PickleGlobals;
  private readonly where: string;
  private opcode = 0;
  private opcodeAt = 0;

  constructor(bytes: Uint8Array, start: number, context: PickleContext, where: string) {
    this.cursor = new ByteCursor(bytes, start, where);
    this.context = context;
    this.where = where;
    this.stack = new PickleStack(this.fail);
    this.globals = new PickleGlobals(context, this.fail);
  }

  readonly fail: PickleFailure = (expected, got, remedy) => {
    const at = `${opcodeName(this.opcode)} at byte ${this.opcodeAt}`;
    throw new FormatError(
      `${this.where}: ${at}: expected ${expected}, got ${got}${remedy === undefined ? '' : `; ${remedy}`}`,
    );
  };

  /** Does the next operation; true if it was the last. */
  step(): boolean {
    const { cursor, fail } = this;
    this.opcodeAt = cursor.position;
    const opcode = cursor.byte();
    this.opcode = opcode;
    if (opcode === OP.STOP) return true;
    const operate = OPERATIONS.get(opcode);
    if (operate !== undefined) operate(this);
    else {
      const literal = readLiteral(opcode, cursor, fail);
      this.stack.push(literal ?? fail('an opcode of a checkpoint', opcodeName(opcode), REMEDY));
    }
    return false;
  }
}

/** What one opcode does. */
type Operation = (machine: PickleMachine) => void;

const OPERATIONS: ReadonlyMap<number, Operation> = new Map<number, Operation>([
  [OP.PROTO, ({ cursor, fail }) => requireProtocol(cursor.byte(), fail)],
  // a hint for readers of streams
  [OP.FRAME, ({ cursor }) => cursor.uint64()],
  [OP.NONE, ({ stack }) => stack.push(null)],
  [OP.MARK, ({ stack }) => stack.mark()],
  [OP.EMPTY_TUPLE, ({ stack }) => stack.push(new PickleTuple([]))],
  [OP.TUPLE1, ({ stack }) => stack.push(new PickleTuple(stack.popItems(1)))],
  [OP.TUPLE2, ({ stack }) => stack.push(new PickleTuple(stack.popItems(2)))],
  [OP.TUPLE3, ({ stack }) => stack.push(new PickleTuple(stack.popItems(3)))],
  [OP.TUPLE, ({ stack }) => stack.push(new PickleTuple(stack.popToMark()))],
  [OP.EMPTY_LIST, ({ stack }) => stack.push(new PickleList())],
  [OP.APPEND, (machine) => append(machine, machine.stack.popItems(1))],
  [OP.APPENDS, (machine) => append(machine, machine.stack.popToMark())],
  [OP.EMPTY_DICT, ({ stack }) => stack.push(new PickleDict())],
  [OP.SETITEM, (machine) => setItems(machine, machine.stack.popItems(2))],
  [OP.SETITEMS, (machine) => setItems(machine, machine.stack.popToMark())],
  [OP.EMPTY_SET, ({ stack }) => stack.push(new PickleOpaque('set'))],
  [OP.ADDITEMS, addItems],
  [OP.POP, ({ stack }) => stack.drop()],
  [OP.POP_MARK, ({ stack }) => stack.popToMark()],
  [OP.DUP, ({ stack }) => stack.push(stack.top())],
  [OP.FROZENSET, frozenSet],
  [OP.GLOBAL, (machine) => machine.stack.push(namedGlobal(machine))],
  [OP.STACK_GLOBAL, stackGlobal],
  [OP.EXT1, ({ stack, cursor, globals }) => stack.push(globals.extension(cursor.byte()))],
  [OP.EXT2, ({ stack, cursor, globals }) => stack.push(globals.extension(cursor.uint16()))],
  [OP.EXT4, ({ stack, cursor, globals }) => stack.push(globals.extension(cursor.uint32()))],
  [OP.REDUCE, reduce],
  [OP.NEWOBJ, (machine) => create(machine, machine.stack.popItems(2))],
  [OP.NEWOBJ_EX, (machine) => create(machine, machine.stack.popItems(3))],
  [OP.INST, (machine) => createOf(machine, namedGlobal(machine), machine.stack.popToMark())],
  [OP.OBJ, object],
  [OP.BUILD, build],
  [OP.BINPERSID, ({ stack, context, fail }) => stack.push(context.loadPersistent(stack.pop(), fail))],
  [OP.BINGET, ({ stack, cursor }) => stack.push(stack.recall(cursor.byte()))],
  [OP.LONG_BINGET, ({ stack, cursor }) => stack.push(stack.recall(cursor.uint32()))],
  [OP.BINPUT, ({ stack, cursor }) => stack.remember(cursor.byte())],
  [OP.LONG_BINPUT, ({ stack, cursor }) => stack.remember(cursor.uint32())],
  [OP.MEMOIZE, ({ stack }) => stack.remember()],
]);

function requireProtocol(version: number, fail: PickleFailure): void {
  if (version < 2 || version > MAX_PROTOCOL) {
    fail(`a pickle of protocol 2 to ${MAX_PROTOCOL}`, `protocol ${version}`);
  }
}

function append({ stack, fail }: PickleMachine, items: readonly PickleValue[]): void {
  const list = stack.top();
  if (list instanceof PickleOpaque) return;
  if (!(list instanceof PickleList)) fail('a list', describeValue(list));
  else for (const item of items) list.items.push(item);
}

function setItems({ stack, fail }: PickleMachine, items: readonly PickleValue[]): void {
  const target = stack.top();
  if (target instanceof PickleOpaque) target.items ??= new PickleDict();
  const dict = target instanceof PickleOpaque ? target.items : target;
  if (!(dict instanceof PickleDict)) fail('a dict', describeValue(dict));
  else dict.setItems(items, fail);
}

/** What a set holds is left out. */
function addItems({ stack, fail }: PickleMachine): void {
  stack.popToMark();
  if (!(stack.top() instanceof PickleOpaque)) fail('a set', describeValue(stack.top()));
}

function frozenSet({ stack }: PickleMachine): void {
  stack.popToMark();
  stack.push(new PickleOpaque('frozenset'));
}

/** Gives attributes to an object; those of a dict are left out. */
function build({ stack, fail }: PickleMachine): void {
  const state = stack.pop();
  const target = stack.top();
  if (target instanceof PickleOpaque) target.state = state;
  else if (!(target instanceof PickleDict)) {
    fail('an object that may have attributes', describeValue(target));
  }
}

function namedGlobal({ cursor, globals, fail }: PickleMachine): PickleGlobal {
  const module = decodeText(cursor.line(MAX_NAME_BYTES), fail);
  return globals.find(module, decodeText(cursor.line(MAX_NAME_BYTES), fail));
}

function stackGlobal({ stack, globals }: PickleMachine): void {
  const [module, name] = stack.popItems(2);
  stack.push(globals.find(module, name));
}

function reduce({ stack, globals }: PickleMachine): void {
  const [callee, args] = stack.popItems(2);
  stack.push(globals.call(callee, args));
}

function create({ stack, globals }: PickleMachine, [type, args]: readonly PickleValue[]): void {
  stack.push(globals.create(type, args));
}

/** An object of a class, its arguments one by one. */
function createOf(machine: PickleMachine, type: PickleValue | undefined, args: readonly PickleValue[]): void {
  machine.stack.push(machine.globals.create(type, new PickleTuple(args)));
}

function object(machine: PickleMachine): void {
  const [type, ...args] = machine.stack.popToMark();
  createOf(machine, type, args);
}
