/** The globals of one pickle: those on the list, and those that are passed over. */
import {
  describeValue,
  type PickleContext,
  type PickleFailure,
  PickleGlobal,
  PickleOpaque,
  PickleTuple,
  type PickleValue,
  UnknownGlobal,
} from './values.ts';

/** The longest names of globals. */
export const MAX_NAME_BYTES = 1024;

/** Their names are kept; all other memory that a pickle takes grows with its bytes alone. */
const MAX_UNKNOWN_GLOBALS = 10_000;

/** What to do with a pickle that is not read. */
export const REMEDY =
  'where you trust the file, write its weights alone in Python: ' +
  "torch.save(torch.load(path, weights_only=False)['model'], 'weights.pth'), or torch.save(model.state_dict(), …)";

/** Finds globals, and does what calls of them come to. No class that is not on the list is looked up or built. */
export class PickleGlobals {
  /** how many objects were passed over, by the names of their classes or of the functions that would make them */
  readonly passedOver = new Map<string, number>();
  private readonly unknown = new Map<string, UnknownGlobal>();
  private readonly context: PickleContext;
  private readonly fail: PickleFailure;

  constructor(context: PickleContext, fail: PickleFailure) {
    this.context = context;
    this.fail = fail;
  }

  /** The global of a module and a name, on the list or not. */
  find(module: PickleValue | undefined, name: PickleValue | undefined): PickleGlobal {
    if (typeof module !== 'string' || typeof name !== 'string') {
      return this.fail('the name of a global', `${describeValue(module)} and ${describeValue(name)}`);
    }
    if (module.length + name.length > MAX_NAME_BYTES) {
      return this.fail(`the name of a global of at most ${MAX_NAME_BYTES} characters`, 'a longer one');
    }
    const full = `${module}.${name}`;
    return this.context.findGlobal(full) ?? this.unknownGlobal(full);
  }

  /** A class by its number in Python's `copyreg`; which it is, only who wrote the file knows. */
  extension(code: number): UnknownGlobal {
    return this.unknownGlobal(`copyreg extension ${code}`);
  }

  /** An object of a class; the class may itself be what an unknown function would give. */
  create(type: PickleValue | undefined, args: PickleValue | undefined): PickleValue {
    const isClass = type instanceof PickleOpaque || (type instanceof PickleGlobal && type.kind === 'class');
    return isClass ? this.call(type, args) : this.fail('a class', describeValue(type));
  }

  /** What a function or class makes of its arguments. */
  call(callee: PickleValue | undefined, args: PickleValue | undefined): PickleValue {
    if (!(args instanceof PickleTuple)) return this.fail('arguments in a tuple', describeValue(args));
    if (callee instanceof PickleOpaque) return new PickleOpaque(callee.type);
    if (!(callee instanceof PickleGlobal) || callee.call === undefined) {
      return this.fail('a function or a class', describeValue(callee));
    }
    return callee.call(args.items, this.fail);
  }

  private unknownGlobal(name: string): UnknownGlobal {
    const known = this.unknown.get(name);
    if (known !== undefined) return known;
    if (this.unknown.size >= MAX_UNKNOWN_GLOBALS) {
      this.fail(`at most ${MAX_UNKNOWN_GLOBALS} classes beside the weights`, 'more', REMEDY);
    }
    const made = new UnknownGlobal(name, () =>
      this.passedOver.set(name, (this.passedOver.get(name) ?? 0) + 1),
    );
    this.unknown.set(name, made);
    return made;
  }
}
