/** Values of pickles: plain containers, and stand-ins for objects. None of them has any behaviour. */
import { shown } from '../../../errors/shown.ts';

/** Anything that isn't a plain number, text or bytes. */
export abstract class PickleObject {
  /** what it is, for error messages: `a list`, `the global os.system` */
  abstract readonly described: string;
}

/** A value of a pickle. */
export type PickleValue = null | boolean | number | bigint | string | Uint8Array | PickleObject;

/** A tuple. */
export class PickleTuple extends PickleObject {
  readonly items: readonly PickleValue[];

  constructor(items: readonly PickleValue[]) {
    super();
    this.items = items;
  }

  get described(): string {
    return `a tuple of ${this.items.length}`;
  }
}

/** A list. */
export class PickleList extends PickleObject {
  readonly described = 'a list';
  readonly items: PickleValue[] = [];
}

/** A dict, ordered or not; attributes that an OrderedDict was given are left out. */
export class PickleDict extends PickleObject {
  readonly described = 'a dict';
  readonly entries = new Map<PickleValue, PickleValue>();

  /** Adds keys and values that follow one another. */
  setItems(items: readonly PickleValue[], fail: PickleFailure): void {
    if (items.length % 2 !== 0) fail('pairs of keys and values', `${items.length} values`);
    for (let i = 0; i < items.length; i += 2) {
      const key = items[i]!;
      if (key instanceof PickleDict || key instanceof PickleList) {
        fail('a key that can be hashed', key.described);
      }
      this.entries.set(key, items[i + 1]!);
    }
  }
}

/** An object that is never built: of its class only the name is known. */
export class PickleOpaque extends PickleObject {
  /** the full name of its class, or of the function that would make it */
  readonly type: string;
  /** keys and values that it was given as a dict is, which classes derived from `dict` are */
  items: PickleDict | undefined;
  /** its attributes, where it was given any: mostly a dict */
  state: PickleValue | undefined;

  constructor(type: string) {
    super();
    this.type = type;
  }

  get described(): string {
    return `an object of ${this.type}`;
  }
}

/** Ends the reading of a pickle with an error that says where. */
export type PickleFailure = (expected: string, got: string, remedy?: string) => never;

/** What a global makes of its arguments. */
export type PickleCall = (args: readonly PickleValue[], fail: PickleFailure) => PickleValue;

/** A global: a class, a function, or a constant, which can't be called. */
export class PickleGlobal extends PickleObject {
  /** module and name */
  readonly name: string;
  readonly kind: 'class' | 'function' | 'constant';
  readonly call: PickleCall | undefined;

  constructor(name: string, kind: 'class' | 'function' | 'constant', call?: PickleCall) {
    super();
    this.name = name;
    this.kind = kind;
    this.call = call;
  }

  get described(): string {
    return `the global ${this.name}`;
  }
}

/** A global that is not on the list. It is never looked up; what a call of it would make is an opaque object. */
export class UnknownGlobal extends PickleGlobal {
  /** @param onCall called for each object it would make */
  constructor(name: string, onCall: () => void) {
    super(name, 'class', () => {
      onCall();
      return new PickleOpaque(name);
    });
  }
}

/** A value as messages show it. */
export function describeValue(value: PickleValue | undefined): string {
  if (value instanceof PickleObject) return value.described;
  if (value instanceof Uint8Array) return `${value.length} bytes`;
  if (value === null) return 'None';
  return typeof value === 'bigint' ? String(value) : shown(value);
}

/** What a pickle may refer to outside of itself. */
export interface PickleContext {
  /** the global of that module and name; undefined if it isn't on the list */
  findGlobal(name: string): PickleGlobal | undefined;
  /** what a persistent id stands for */
  loadPersistent(id: PickleValue, fail: PickleFailure): PickleValue;
}
