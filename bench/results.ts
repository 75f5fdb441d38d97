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
  /** processor time of processes that should have slept, by the time measured; undefined where it is not known */
  disturbance?: number;
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
  cases: CaseResult[];
  kernels: KernelCaseResult[];
}
