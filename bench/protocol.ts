/** What the benchmark and an engine's process say to each other: one line of JSON each, in turn. */
import type { KernelShape } from './engines/engine.ts';

/** A request, on the engine's standard input. */
export type Request =
  | { do: 'load'; folder: string; threads: number; image: number }
  | { do: 'input'; path: string; shape: readonly [number, number, number, number] }
  | { do: 'run' }
  | { do: 'open'; folder: string; threads: number }
  | { do: 'embed'; image: string }
  | { do: 'compare'; path: string; tokens: number }
  | { do: 'peak' }
  | { do: 'prepare'; kernel: KernelShape; threads: number }
  | { do: 'repeat'; times: number }
  | { do: 'probe'; turns: number }
  | { do: 'close' };

/** A reply, on the engine's file descriptor 3. */
export type Reply = Done | { error: string };

/** A request that was carried out. */
export interface Done {
  /** how long it took inside the engine's process */
  seconds: number;
  /** `compare`: max |a − b|; `peak`: bytes */
  value?: number;
  /** `compare`: cosines to the truth, of the CLS tokens and of all others, the worst of each */
  cosines?: { cls: number; others: number };
  /** `embed`: the embedding */
  values?: number[];
  /** `load`, `open`: what runs */
  version?: string;
}
