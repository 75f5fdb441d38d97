/** Engines, which run graphs in TF.js's place. */

import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { OptionError } from '../../errors/errors.ts';
import type { Precision } from '../../ops/precision.ts';
import type { Graph } from '../ir/graph.ts';

/** Values outside of TF.js. */
export interface EngineArray {
  /** row-major; truth values and bytes are a `Uint8Array` */
  readonly data: Float32Array | Int32Array | Uint8Array;
  readonly shape: readonly number[];
  readonly dtype: 'float32' | 'int32' | 'bool' | 'uint8';
}

/** A graph that is ready to run. */
export interface EngineGraph {
  /** @returns the outputs by name, owned by the caller */
  run(feeds: ReadonlyMap<string, EngineArray>): Promise<Map<string, EngineArray>>;
  release(): Promise<void>;
}

/** A graph, and which of its inputs are bytes outside of it, by name. */
export interface EngineSource {
  readonly graph: Graph;
  readonly byteInputs: ReadonlySet<string>;
}

/** Graphs as files of an engine, which are ready to run sooner than graphs that are traced. */
export interface EngineFiles {
  /** what the files depend on beside the graph and the precision, in words */
  readonly form: string;
  /**
   * Writes the files of a graph.
   *
   * @param path of the first; others stand beside it
   * @throws SourceError if they can't be written
   */
  write(source: EngineSource, precision: EnginePrecision, path: string): Promise<void>;
  /**
   * Makes the graph of files ready to run. They may be removed as soon as that is done, but not be changed.
   *
   * @throws DeviceError if they can't be used
   */
  open(path: string): Promise<EngineGraph>;
}

/** What an engine can round the linear weights of blocks to. */
export const ENGINE_PRECISIONS = ['f32', 'i8'] as const;

/** One of `ENGINE_PRECISIONS`. */
export type EnginePrecision = (typeof ENGINE_PRECISIONS)[number];

/** What an engine makes of a model in a precision: 8 bits stay, and 16 are widened. */
export function enginePrecision(precision: Precision | undefined): EnginePrecision {
  return precision === 'i8' ? 'i8' : 'f32';
}

/** What makes graphs ready to run. */
export interface Engine {
  (source: EngineSource, precision: EnginePrecision): Promise<EngineGraph>;
  /** absent where there are no files */
  readonly files?: EngineFiles;
}

/**
 * The values of a tensor.
 *
 * @param value borrowed
 * @throws OptionError if they are no numbers, or gone
 */
export async function arrayOfTensor(value: Tensor): Promise<EngineArray> {
  if (value.isDisposed) {
    throw new OptionError('compile: expected tensors that are still there, got one that was disposed of');
  }
  const { shape, dtype } = value;
  if (dtype !== 'float32' && dtype !== 'int32' && dtype !== 'bool') {
    throw new OptionError(`compile: expected tensors of float32, int32 or bool, got ${dtype}`);
  }
  return { data: await value.data<'float32'>(), shape, dtype };
}

/** A tensor of TF.js's current backend, owned by the caller. */
export function tensorOfArray(array: EngineArray | undefined): Tensor {
  if (array === undefined) throw new Error('internal: an output that the graph does not have');
  const { data, shape, dtype } = array;
  return tensor(data, [...shape], dtype === 'uint8' ? 'int32' : dtype);
}
