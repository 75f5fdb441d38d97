/** What the benchmark writes down. */
import type { EngineName } from './engine-names.ts';
import type { Environment } from './environment.ts';

/** One engine on one case. */
export interface EngineResult {
  engine: EngineName;
  version?: string;
  /** why there are no figures, or no more of them */
  problem?: string;
  /** process start to embedding, each in a new process */
  coldSeconds: number[];
  loadSeconds?: number;
  firstSeconds?: number;
  /** forward passes after the first, one for each round */
  seconds: number[];
  /** largest resident set of the process over loading and all passes */
  peakBytes?: number;
  /** max |a − b| over `last_hidden_state`, b computed in float64 */
  maxError?: number;
  /** cosines to the same, of the CLS tokens and of all others, the worst of each */
  cosines?: { cls: number; others: number };
}

/** What native code can do at most. */
export interface NativeLimits {
  /** how many floats a vector has */
  lanes: number;
  /** operations a second, one for each round */
  limits: number[];
}

/** What used processors while one engine measured, as shares of a core; undefined where it is not known. */
export interface Disturbance {
  /** the other engines, which should have slept */
  idle?: number;
  /** everything on the machine but the engine that measured */
  others?: number;
  /** measurements that were made again for that reason */
  repeats: number;
}

/** All engines on one case, measured in turns. */
export interface CaseResult {
  /** SIZE/IMAGE/BATCH */
  case: string;
  threads: number;
  /** of one forward pass */
  operations: number;
  /** operations a second that 128-bit WebAssembly can do with as many threads, one for each round */
  limits: number[];
  /** what native code can do with as many threads; undefined where there is no C compiler to measure it with */
  native?: NativeLimits;
  disturbance: Disturbance;
  engines: EngineResult[];
}

/** One engine on one kernel. */
export interface KernelResult {
  engine: EngineName;
  problem?: string;
  /** of one run, one for each round */
  seconds: number[];
}

/** All engines on one kernel, measured in turns. */
export interface KernelCaseResult {
  kernel: string;
  threads: number;
  operations: number;
  limits: number[];
  engines: KernelResult[];
}

/** A whole run. */
export interface Results {
  format: 'dinov2-bench/1';
  environment: Environment;
  /** what was asked for, as typed */
  command: string;
  /** the engine to which the others are set in relation */
  ours: EngineName;
  cases: CaseResult[];
  kernels: KernelCaseResult[];
}
