/** The weights among everything that a torch file may hold. */
import { FormatError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { dictsWithTensors, isTensor, type SavedTensor } from './dicts-with-tensors.ts';
import { describeValue, PickleDict, type PickleValue } from './pickle/values.ts';

/** The weights of a file. */
export interface StateDict {
  /** the way to them: `teacher`, `model.teacher`, or empty for the whole file */
  readonly container: string;
  /** tensors by name, where dicts in dicts are joined by dots */
  readonly tensors: ReadonlyMap<string, SavedTensor>;
}

/** Containers in the order in which they are preferred: of a training run, the teacher is the model that is used. */
const PREFERRED = ['teacher', 'model', 'state_dict', 'model_state_dict', 'student'] as const;

/** What training runs keep beside the weights; the weights are never in it. */
const BESIDE = /optim|sched|scaler|loss|rng|callback|loops|args|hyper|config/i;

const MAX_DEPTH = 32;
const MAX_TENSORS = 100_000;
const MAX_NAME_LENGTH = 1024;
/** Entries that are looked at while dicts are flattened; dicts may be contained many times. */
const MAX_VISITS = 4_000_000;

/**
 * Finds the weights in what was saved.
 *
 * As long as there is a dict with tensors under one of `teacher`, `model`, `state_dict`, `model_state_dict`, `student`
 * (the first of these), or one dict with tensors and no tensors beside it, that one is taken. What is left is
 * flattened. Where it has names of a teacher and of a student, the student's are left out.
 *
 * @throws FormatError if there are no tensors, or containers that contain themselves
 */
export function findStateDict(saved: PickleValue, where: string): StateDict {
  if (!(saved instanceof PickleDict)) {
    throw new FormatError(
      `${where}: expected a dict of tensors, got ${describeValue(saved)}; save model.state_dict() in Python`,
    );
  }
  const holding = dictsWithTensors(saved);
  const path: string[] = [];
  let dict = saved;
  for (
    let inner = innerContainer(dict, holding);
    inner !== undefined;
    inner = innerContainer(dict, holding)
  ) {
    path.push(inner.key);
    dict = inner.dict;
    if (path.length > MAX_DEPTH) throw tooDeep(where, path.join('.'));
  }
  const tensors = new Flattening(holding, where).flatten(dict);
  if (tensors.size === 0) {
    const keys = [...saved.entries.keys()].slice(0, 10).map(describeValue).join(', ');
    throw new FormatError(
      `${where}: expected a dict of tensors, got one without any; its keys: ${keys || 'none'}`,
    );
  }
  leaveOutStudent(tensors);
  return { container: path.join('.'), tensors };
}

interface Container {
  key: string;
  dict: PickleDict;
}

function innerContainer({ entries }: PickleDict, holding: ReadonlySet<PickleDict>): Container | undefined {
  const containers: Container[] = [];
  let hasTensors = false;
  for (const [key, value] of entries) {
    if (isTensor(value)) hasTensors = true;
    else if (typeof key === 'string' && value instanceof PickleDict && holding.has(value)) {
      containers.push({ key, dict: value });
    }
  }
  for (const preferred of PREFERRED) {
    const found = containers.find(({ key }) => key === preferred);
    if (found !== undefined) return found;
  }
  const [only, ...others] = containers.filter(({ key }) => !BESIDE.test(key));
  return others.length === 0 && !hasTensors ? only : undefined;
}

function leaveOutStudent(tensors: Map<string, SavedTensor>): void {
  const names = [...tensors.keys()];
  if (!names.some((name) => name.startsWith('teacher.'))) return;
  for (const name of names) if (name.startsWith('student.')) tensors.delete(name);
}

/** Makes one table of dicts in dicts. */
class Flattening {
  private readonly holding: ReadonlySet<PickleDict>;
  private readonly where: string;
  private readonly tensors = new Map<string, SavedTensor>();
  private readonly path: PickleDict[] = [];
  private visits = 0;

  constructor(holding: ReadonlySet<PickleDict>, where: string) {
    this.holding = holding;
    this.where = where;
  }

  flatten(dict: PickleDict, prefix = ''): Map<string, SavedTensor> {
    if (this.path.includes(dict)) {
      throw this.error(`${shown(prefix)}: expected tensors, got a dict that contains itself`);
    }
    if (this.path.length > MAX_DEPTH) throw tooDeep(this.where, prefix);
    this.visits += dict.entries.size;
    if (this.visits > MAX_VISITS)
      throw this.error(`expected at most ${MAX_VISITS} values in dicts, got more`);
    this.path.push(dict);
    for (const [key, value] of dict.entries) {
      if (value instanceof PickleDict) {
        if (this.holding.has(value)) this.flatten(value, `${this.nameOf(prefix, key)}.`);
      } else if (isTensor(value)) this.add(this.nameOf(prefix, key), value);
    }
    this.path.pop();
    return this.tensors;
  }

  private add(name: string, tensor: SavedTensor): void {
    if (this.tensors.has(name)) throw this.error(`expected each name once, got ${shown(name)} twice`);
    if (this.tensors.size >= MAX_TENSORS)
      throw this.error(`expected at most ${MAX_TENSORS} tensors, got more`);
    this.tensors.set(name, tensor);
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

function tooDeep(where: string, name: string): FormatError {
  return new FormatError(
    `${where}: ${shown(name)}: expected at most ${MAX_DEPTH} dicts in one another, got more`,
  );
}
