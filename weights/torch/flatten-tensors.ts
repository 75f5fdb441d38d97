/** One table of the tensors in dicts in dicts. */
import { FormatError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { describeValue, type PickleDict, PickleOpaque, type PickleValue } from './pickle/values.ts';
import { dictsOf } from './tensor-dicts.ts';
import { TorchTensor, UnreadableTensor } from './torch-values.ts';

/** Tensors by name, where dicts in dicts are joined by dots. */
export interface FlatTensors {
  readonly tensors: Map<string, TorchTensor>;
  /** what stands in the place of a tensor and can't be read as one, by name, and what it is: `a sparse tensor` */
  readonly unreadable: Map<string, string>;
}

/** Dicts in one another that are followed. */
export const MAX_DEPTH = 32;

const MAX_TENSORS = 100_000;
const MAX_NAME_LENGTH = 1024;
/** Entries that are looked at; dicts may be contained many times. */
const MAX_VISITS = 4_000_000;

/**
 * Makes one table of a container. What is in a whole module gets the names that its `state_dict` would give it.
 *
 * @param holding the dicts that hold tensors at any depth; others are passed over
 * @throws FormatError if a container contains itself, a name stands for two tensors, or there are millions
 */
export function flattenTensors(
  container: PickleValue,
  holding: ReadonlySet<PickleDict>,
  where: string,
): FlatTensors {
  const flattening = new Flattening(holding, where);
  flattening.addAll(container, '');
  return flattening;
}

class Flattening implements FlatTensors {
  readonly tensors = new Map<string, TorchTensor>();
  readonly unreadable = new Map<string, string>();
  private readonly holding: ReadonlySet<PickleDict>;
  private readonly where: string;
  private readonly path: PickleDict[] = [];
  private visits = 0;

  constructor(holding: ReadonlySet<PickleDict>, where: string) {
    this.holding = holding;
    this.where = where;
  }

  addAll(container: PickleValue, prefix: string): void {
    for (const dict of dictsOf(container)) if (this.holding.has(dict)) this.addDict(dict, prefix);
  }

  private addDict(dict: PickleDict, prefix: string): void {
    if (this.path.includes(dict)) {
      throw this.error(`${shown(prefix)}: expected tensors, got a dict that contains itself`);
    }
    if (this.path.length > MAX_DEPTH) throw tooDeep(this.where, prefix);
    this.visits += dict.entries.size;
    if (this.visits > MAX_VISITS)
      throw this.error(`expected at most ${MAX_VISITS} values in dicts, got more`);
    this.path.push(dict);
    for (const [key, value] of dict.entries) {
      if (dictsOf(value).length > 0) this.addAll(value, `${this.nameOf(prefix, key)}.`);
      else if (value instanceof TorchTensor) this.add(this.tensors, this.nameOf(prefix, key), value);
      else if (value instanceof UnreadableTensor || value instanceof PickleOpaque) {
        this.add(this.unreadable, this.nameOf(prefix, key), value.described);
      }
    }
    this.path.pop();
  }

  private add<Value>(table: Map<string, Value>, name: string, value: Value): void {
    if (this.tensors.has(name) || this.unreadable.has(name)) {
      throw this.error(`expected each name once, got ${shown(name)} twice`);
    }
    if (this.tensors.size + this.unreadable.size >= MAX_TENSORS) {
      throw this.error(`expected at most ${MAX_TENSORS} tensors, got more`);
    }
    table.set(name, value);
  }

  private nameOf(prefix: string, key: PickleValue): string {
    const name = `${prefix}${typeof key === 'string' ? key : describeValue(key)}`;
    if (name.length <= MAX_NAME_LENGTH) return name;
    throw this.error(`expected names of at most ${MAX_NAME_LENGTH} characters, got ${shown(name)}`);
  }

  private error(message: string): FormatError {
    return new FormatError(`${this.where}: ${message}`);
  }
}

/** The error of dicts in dicts without end. */
export function tooDeep(where: string, name: string): FormatError {
  return new FormatError(
    `${where}: ${shown(name)}: expected at most ${MAX_DEPTH} dicts in one another, got more`,
  );
}
