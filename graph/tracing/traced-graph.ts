/** Traced graphs, which can be summed up, run and compiled. */
import { Tensor, tensor } from '@tensorflow/tfjs-core';
import { OptionError } from '../../errors/errors.ts';
import { Printed, printed } from '../../errors/printed.ts';
import type { Input } from '../../ops/operation.ts';
import { areFixed, isFixed, showShape } from '../../shapes/batch-dimension.ts';
import { type ArrayInput, arrayOfData } from '../engines/array-input.ts';
import type { CompileGraphOptions } from '../engines/compile-graph.ts';
import type { CompiledGraph } from '../engines/compiled-graph.ts';
import type { Graph } from '../ir/graph.ts';
import type { GraphSummary, summarise } from '../summary.ts';

/** A graph in a few words. */
export interface TracedGraphSummary extends Pick<GraphSummary, 'operations' | 'parameters'> {
  /** names and shapes */
  readonly inputs: readonly string[];
  /** names */
  readonly outputs: readonly string[];
}

/**
 * A program as a static graph: what it computes, and of which constants.
 *
 * The constants are the program's own weights, which are read when the graph is run or written; so a model must not be
 * disposed of before that.
 */
export class TracedGraph extends Printed {
  /** inputs, operations, constants and outputs; changed by nobody */
  readonly graph: Graph;
  /** names of inputs whose values are bytes outside of the graph */
  readonly byteInputs: ReadonlySet<string>;

  private readonly summarise: typeof summarise;

  /** @param summariseGraph that of `graph/summary.ts`, which programs that trace nothing need not load */
  constructor(graph: Graph, byteInputs: ReadonlySet<string>, summariseGraph: typeof summarise) {
    super();
    this.graph = graph;
    this.byteInputs = byteInputs;
    this.summarise = summariseGraph;
  }

  /** The names of what it takes. */
  get inputNames(): string[] {
    return this.graph.inputs.map(({ name }) => name);
  }

  /** The names of what it gives. */
  get outputNames(): string[] {
    return [...this.graph.outputs.keys()];
  }

  /** Whether it takes batches of every size. */
  get hasFreeBatch(): boolean {
    return this.graph.inputs.some(({ shape }) => !areFixed(shape));
  }

  /** Inputs, outputs, and how many operations and parameters, in one line; `console.log` shows the same. */
  toString(): string {
    return printed('TracedGraph', this.toJSON());
  }

  /** What `JSON.stringify` writes of it: no constants; `exportOnnx` writes these. */
  toJSON(): TracedGraphSummary {
    const { operations, parameters } = this.summary();
    const inputs = this.graph.inputs.map(({ name, shape }) => `${name} ${showShape(shape)}`);
    return { inputs, outputs: this.outputNames, operations, parameters };
  }

  /**
   * Operations, arithmetic, parameters, memory.
   *
   * @param batch how many images the figures are for; default 1, or the number that the graph is fixed to
   * @throws OptionError if the batch is fixed to another number, or no size
   */
  summary(batch?: number): GraphSummary {
    const [first] = this.graph.inputs.flatMap(({ shape }) => shape.slice(0, 1));
    const fixed = !this.hasFreeBatch && first !== undefined && isFixed(first) ? first : undefined;
    const size = batch ?? fixed ?? 1;
    if (!Number.isSafeInteger(size) || size < 1 || (fixed !== undefined && size !== fixed)) {
      throw new OptionError(`summary: expected a batch of ${fixed ?? 'at least 1'}, got ${size}`);
    }
    return this.summarise(this.graph, size);
  }

  /**
   * Computes the outputs on TF.js's current backend, operation by operation: a way to see that the graph is right, slower
   * than the program it was traced from.
   *
   * @param inputs a tensor or an array for each input by its name, bytes in a tensor as float32; borrowed
   * @returns the outputs by name, owned by the caller
   * @throws OptionError if an input is missing or has another shape or dtype
   */
  async run(inputs: Readonly<Record<string, Tensor | ArrayInput>>): Promise<Record<string, Tensor>> {
    const given: Readonly<Record<string, Tensor | ArrayInput>> | undefined | null = inputs;
    for (const name of this.inputNames) {
      const input = given?.[name];
      if (input === undefined || (input instanceof Tensor && input.isDisposed)) {
        const got = input === undefined ? `no ${name}` : `a tensor that was disposed of as ${name}`;
        throw new OptionError(`run: expected ${this.inputNames.join(', ')}, got ${got}`);
      }
    }
    const { evaluate } = await import('../evaluate.ts');
    const made: Tensor[] = [];
    try {
      const feeds: Record<string, Tensor> = {};
      for (const input of this.graph.inputs) {
        const value = inputs[input.name];
        const feed = value instanceof Tensor ? value : this.tensorOf(input, value);
        if (feed !== value) made.push(feed);
        feeds[input.name] = feed;
      }
      return await evaluate(this.graph, feeds);
    } finally {
      for (const own of made) own.dispose();
    }
  }

  /**
   * Hands the graph to another engine, which makes copies of the weights.
   *
   * @param options which engine, and how it runs; see `CompileGraphOptions`
   * @returns to be disposed of by the caller
   * @throws DeviceError if the engine is not installed or can't run it; OptionError; TraceError if it has no counterpart
   *   there
   */
  async compile(options?: CompileGraphOptions): Promise<CompiledGraph<TracedGraph>> {
    const { compileGraph } = await import('../engines/compile-graph.ts');
    return compileGraph<TracedGraph>(this, options);
  }

  /** The values as the graph's kernels take them: bytes of images as float32. */
  private tensorOf({ name, dtype }: Input, given: ArrayInput | undefined): Tensor {
    const isBytes = this.byteInputs.has(name);
    const array = arrayOfData(name, given, isBytes ? 'uint8' : dtype);
    const { data, shape } = array;
    if (array.dtype !== 'uint8') return tensor(data, [...shape], array.dtype);
    return tensor(data, [...shape], isBytes ? 'float32' : 'int32');
  }
}
