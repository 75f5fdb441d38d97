/** All engines on one case: cold starts, then loading and first calls, then rounds. */
import { bothAxes } from '../lib/model/model-config.ts';
import { type Case, caseName, configOf, filesOf } from './cases.ts';
import { Child, type Programs } from './child.ts';
import { type EngineName, FROM_IMAGES } from './engine-names.ts';
import { Limit } from './limit.ts';
import { measureCold } from './measure-cold.ts';
import { forwardOperations } from './operations.ts';
import type { CaseResult, EngineResult } from './results.ts';
import { type Participant, type Patience, takeTurns } from './take-turns.ts';

/** What one part of the benchmark is about. */
export interface Plan extends Programs, Patience {
  engines: readonly EngineName[];
  threads: number;
  /** the program that measures what native code can do; undefined where it can't be compiled */
  nativeProbe: string | undefined;
  /** cold starts of each engine; they are made for one image of 224 pixels */
  coldStarts: number;
  /** an engine that would take longer than this many seconds for one pass is left out */
  longest: number;
  /** what an engine did so far, in operations a second */
  speeds: Map<string, number>;
  progress: (message: string) => void;
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Measures; an engine that fails is in the result with its problem. */
export async function measureCase(testCase: Case, plan: Plan): Promise<CaseResult> {
  const operations = forwardOperations(configOf(testCase), testCase.batch, testCase.image);
  const results: EngineResult[] = plan.engines.map((engine) => ({ engine, coldSeconds: [], seconds: [] }));
  for (const result of results) leaveOutSlow(result, operations, plan);
  if (testCase.image === 224 && testCase.batch === 1) await coldStarts(results, testCase, plan);

  const limit = new Limit(plan.threads, plan);
  const participants: (Participant & { result: EngineResult })[] = [];
  try {
    await limit.warmUp();
    for (const result of results) {
      if (result.problem !== undefined) continue;
      plan.progress(`${caseName(testCase)} ${result.engine}: loading`);
      const child = await ready(result, testCase, plan);
      if (child === undefined) continue;
      if (result.firstSeconds !== undefined) {
        plan.speeds.set(speedKey(result, plan), operations / result.firstSeconds);
      }
      const measure = async () => (await child.ask({ do: 'run' })).seconds;
      participants.push({ child, measure, seconds: result.seconds, result });
    }
    plan.progress(`${caseName(testCase)}: ${plan.rounds} rounds`);
    const { nativeProbe: program, threads } = plan;
    const gauges = { limit, native: program === undefined ? undefined : { program, threads } };
    const { limits, native, disturbance } = await takeTurns(participants, gauges, plan);
    for (const { child, problem, result } of participants) {
      if (problem !== undefined) result.problem = problem;
      else await conclude(result, child, testCase);
    }
    return {
      case: caseName(testCase),
      threads,
      operations,
      limits,
      ...(native && { native }),
      disturbance,
      engines: results,
    };
  } finally {
    await limit.close();
    for (const { child } of participants) await child.close();
  }
}

const speedKey = ({ engine }: EngineResult, { threads }: Plan): string => `${engine}/${threads}`;

function leaveOutSlow(result: EngineResult, operations: number, plan: Plan): void {
  const speed = plan.speeds.get(speedKey(result, plan));
  if (speed === undefined || operations / speed <= plan.longest) return;
  result.problem = `left out: about ${Math.round(operations / speed)} s`;
}

async function coldStarts(results: readonly EngineResult[], testCase: Case, plan: Plan): Promise<void> {
  const { folder } = filesOf(testCase);
  for (let i = 0; i < plan.coldStarts; i++) {
    for (const { engine, coldSeconds, problem } of results) {
      // one is enough for those that take minutes
      const slow = (coldSeconds[0] ?? 0) > plan.budget;
      if (problem !== undefined || slow || !FROM_IMAGES.includes(engine)) continue;
      plan.progress(`${caseName(testCase)} ${engine}: cold start ${i + 1}`);
      try {
        coldSeconds.push(await measureCold(engine, folder, plan.threads, plan));
      } catch (error) {
        plan.progress(`${engine}: ${message(error)}`);
      }
    }
  }
}

async function ready(result: EngineResult, testCase: Case, plan: Plan): Promise<Child | undefined> {
  const { folder, input } = filesOf(testCase);
  const { batch, image } = testCase;
  let child: Child | undefined;
  try {
    child = new Child(result.engine, plan.threads, plan);
    const loaded = await child.ask({ do: 'load', folder, threads: plan.threads, image });
    result.loadSeconds = loaded.seconds;
    if (loaded.version !== undefined) result.version = loaded.version;
    await child.ask({ do: 'input', path: input, shape: [batch, 3, image, image] });
    result.firstSeconds = (await child.ask({ do: 'run' })).seconds;
    return child;
  } catch (error) {
    result.problem = message(error);
    await child?.close();
    return undefined;
  }
}

async function conclude(result: EngineResult, child: Child, testCase: Case): Promise<void> {
  try {
    const { value: peak } = await child.ask({ do: 'peak' });
    if (peak !== undefined) result.peakBytes = peak;
    const [patchSize] = bothAxes(configOf(testCase).patchSize);
    const tokens = 1 + Math.floor(testCase.image / patchSize) ** 2;
    const { value: error, cosines } = await child.ask({
      do: 'compare',
      path: filesOf(testCase).truth,
      tokens,
    });
    if (error !== undefined) result.maxError = error;
    if (cosines !== undefined) result.cosines = cosines;
  } catch (error) {
    result.problem = message(error);
  }
}
