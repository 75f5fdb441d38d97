/** What is kept of a training that goes on later. */
import { SourceError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { isObject, type JsonObject, type JsonValue, type ParsedObject } from '../../options/json-object.ts';
import type { Values } from './optimiser.ts';
import { LEARNING_OPTIONS } from './train-options.ts';
import type { TrainingLog } from './training-log.ts';

/** The value of `format` in `training.json`. */
const TRAINING_FORMAT = 'dinov2-training/1';

/** What the steps of a run depend on. */
export type RunFacts = Readonly<Record<string, JsonValue>>;

/** Where a training stands. */
export interface TrainingState {
  /** how many steps are done */
  readonly step: number;
  /** names and values of the options, of the data and the model, on which the steps depend */
  readonly facts: RunFacts;
  readonly log: Pick<TrainingLog, 'steps' | 'evaluations' | 'best'>;
  /** as `Optimiser.state` gives it */
  readonly optimiser: ReadonlyMap<string, Values>;
}

/**
 * The facts of a run, by the names of options.
 *
 * @param others what else the steps depend on
 */
export function runFacts(settings: object, others: RunFacts): RunFacts {
  const given: Readonly<Record<string, unknown>> = { ...settings };
  const learning = Object.keys(LEARNING_OPTIONS).map((name) => [name, given[name] ?? null]);
  return JSON.parse(JSON.stringify({ ...Object.fromEntries(learning), ...others }));
}

/**
 * Refuses to go on with other options than before, as the result would be that of neither.
 *
 * @throws SourceError naming the first that differs
 */
export function requireSameFacts(where: string, before: RunFacts, now: RunFacts): void {
  for (const name of Object.keys({ ...before, ...now })) {
    const [then, given] = [before[name] ?? null, now[name] ?? null].map((value) => JSON.stringify(value));
    if (then === given) continue;
    throw new SourceError(
      `${where}: expected to go on with ${name} ${then}, got ${given}; give what the checkpoint has, or begin again with overwrite`,
    );
  }
}

/** The text of `training.json`. */
export function stateToJson(
  { step, facts, log }: Omit<TrainingState, 'optimiser'>,
  position: JsonObject,
): JsonObject {
  const { steps, evaluations, best } = log;
  const rows = { steps, evaluations, best: best ?? null };
  return JSON.parse(JSON.stringify({ format: TRAINING_FORMAT, step, ...position, facts, log: rows }));
}

/**
 * Reads `training.json`.
 *
 * @param step the one that its folder is of
 * @throws SourceError if it is none, or not that of the step
 */
export function stateFromJson(where: string, step: number, json: unknown): Omit<TrainingState, 'optimiser'> {
  if (!isObject(json) || json.format !== TRAINING_FORMAT) {
    throw new SourceError(
      `${where}: expected the state of a training, ${TRAINING_FORMAT}, got ${shown(json)}`,
    );
  }
  if (json.step !== step || !isObject(json.facts) || !isLog(step, json.log)) {
    throw new SourceError(
      `${where}: expected what ${step} steps left, got something else in training.json; remove this checkpoint`,
    );
  }
  const { facts, log } = json as unknown as Omit<TrainingState, 'optimiser'>;
  return { step, facts, log: { ...log, best: log.best ?? undefined } };
}

function isLog(step: number, log: unknown): boolean {
  if (!isObject(log) || !Array.isArray(log.steps) || !Array.isArray(log.evaluations)) return false;
  const { steps, evaluations, best = null } = log;
  return (
    steps.length === step &&
    steps.every((row, i) => isRow(row, ROW) && row.step === i + 1) &&
    evaluations.every((row) => isRow(row, ['step', 'epoch']) && isObject(row.figures)) &&
    (best === null || (isRow(best, ['step', 'value']) && evaluations.some((row) => row.step === best.step)))
  );
}

const ROW = ['step', 'epoch', 'loss', 'gradientNorm', 'learningRate'];

/** Whether fields of something are all numbers. */
function isRow(row: unknown, names: readonly string[]): row is ParsedObject {
  return isObject(row) && names.every((name) => Number.isFinite(row[name]));
}
