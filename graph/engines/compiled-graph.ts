/** A graph that another engine runs. */
import { Tensor } from '@tensorflow/tfjs-core';
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import type { Input } from '../../ops/operation.ts';
import { batchOf, showShape } from '../../shapes/batch-dimension.ts';
import { type ArrayInput, arrayOfData } from './array-input.ts';
import { Compiled } from './compiled.ts';
import {
  arrayOfTensor,
  type EngineArray,
  type EngineGraph,
  type EngineSource,
  tensorOfArray,
} from './engine.ts';

/** A traced graph on another engine, which has weights of its own: the program it was traced from may be disposed of. */
export class CompiledGraph<Source extends EngineSource = EngineSource> extends Compiled {
  readonly graph: Source;
  private readonly ready: EngineGraph;

  /** @param ready the same graph; owned by this one */
  constructor(graph: Source, ready: EngineGraph) {
    super();
    this.graph = graph;
    this.ready = ready;
  }

  /**
   * Computes the outputs.
   *
   * @param inputs tensors or arrays by the graph's names; borrowed
   * @returns tensors of TF.js's current backend by name, owned by the caller
   * @throws OptionError if an input is missing, unknown, or of another shape or dtype; DeviceError if the engine fails
   */
  async run(inputs: Readonly<Record<string, Tensor | ArrayInput>>): Promise<Record<string, Tensor>> {
    this.requireAlive('CompiledGraph: run');
    const known = this.graph.graph.inputs.map(({ name }) => name);
    if (typeof inputs !== 'object' || inputs === null) {
      throw new OptionError(`run: expected ${known.join(', ')}, got ${shown(inputs)}`);
    }
    for (const name of new Set([...known, ...Object.keys(inputs)])) {
      if (inputs[name] === undefined || !known.includes(name)) {
        throw new OptionError(`run: expected ${known.join(', ')}, got ${Object.keys(inputs).join(', ')}`);
      }
    }
    const results = await this.track(this.feeds(inputs).then((feeds) => this.ready.run(feeds)));
    return Object.fromEntries([...results].map(([name, array]) => [name, tensorOfArray(array)]));
  }

  /** The graph it was made of, in one line; `console.log` shows the same. */
  toString(): string {
    return `CompiledGraph of ${this.graph}`;
  }

  /** What `JSON.stringify` writes of it: the graph it was made of. */
  toJSON(): { readonly graph: Source } {
    return { graph: this.graph };
  }

  protected release(): Promise<void> {
    return this.ready.release();
  }

  private async feeds(
    inputs: Readonly<Record<string, Tensor | ArrayInput>>,
  ): Promise<Map<string, EngineArray>> {
    const feeds = new Map<string, EngineArray>();
    for (const input of this.graph.graph.inputs) {
      feeds.set(input.name, await this.arrayOf(input, inputs[input.name]));
    }
    return feeds;
  }

  private async arrayOf(input: Input, given: Tensor | ArrayInput | undefined): Promise<EngineArray> {
    const { name, shape } = input;
    const dtype = this.graph.byteInputs.has(name) ? 'uint8' : input.dtype;
    const array = given instanceof Tensor ? await arrayOfTensor(given) : arrayOfData(name, given, dtype);
    if (array.dtype !== dtype || array.shape.length !== shape.length) {
      throw new OptionError(
        `run: ${name}: expected ${dtype} ${showShape(shape)}, got ${array.dtype} ${showShape(array.shape)}`,
      );
    }
    for (const [axis, dimension] of shape.entries()) {
      batchOf(dimension, array.shape[axis]!, `run: ${name}, axis ${axis}`);
    }
    return array;
  }
}
