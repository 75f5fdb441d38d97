/** A model whose forward pass another engine runs. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import type { PixelValues } from '../../images/pixel-values.ts';
import { requireKnownOptions } from '../../options/known-options.ts';
import { tidyOutput } from '../tidy-output.ts';
import type { Traceable } from '../traceable.ts';
import { requireNames, trace } from '../tracing/trace.ts';
import type { TracedGraph } from '../tracing/traced-graph.ts';
import { Compiled } from './compiled.ts';
import {
  type Engine,
  type EngineArray,
  type EngineGraph,
  type EnginePrecision,
  tensorOfArray,
} from './engine.ts';
import { type Feeds, feedsOf, type Masks, requireSomeImages, shapesOf } from './feeds.ts';
import { ReadyGraphs } from './ready-graphs.ts';

/** The options that the forward pass of a model takes. */
export type ForwardOptionsOf<Model extends Traceable> = NonNullable<Parameters<Model['forward']>[1]>;

/** What the forward pass of a model gives. */
export type OutputOf<Model extends Traceable> = ReturnType<Model['forward']>;

/**
 * A model that another engine runs: the same call, the same outputs, as a promise.
 *
 * The forward pass is traced when images of a size, or options, come for the first time, and kept; it takes batches of
 * every size. The model must not be disposed of as long as new sizes may come.
 */
export class CompiledModel<Model extends Traceable = Traceable> extends Compiled {
  /** the model it was made of, which stays its owner's */
  readonly model: Model;
  /** what the linear weights of the blocks are rounded to */
  readonly precision: EnginePrecision;
  protected readonly engine: Engine;
  private readonly graphs: ReadyGraphs;
  private readonly afterwards: (() => void) | undefined;

  /**
   * @param maxGraphs how many graphs are kept, each with weights of its own
   * @param afterwards called once all graphs are released
   */
  constructor(
    model: Model,
    engine: Engine,
    maxGraphs: number,
    precision: EnginePrecision = 'f32',
    afterwards?: () => void,
  ) {
    super();
    this.model = model;
    this.precision = precision;
    this.engine = engine;
    this.afterwards = afterwards;
    this.graphs = new ReadyGraphs(maxGraphs);
  }

  get config(): Model['config'] {
    return this.model.config;
  }

  /**
   * What the model's own `forward` computes, within rounding.
   *
   * @param pixelValues [B, C, H, W] float32; borrowed
   * @returns tensors of TF.js's current backend, owned by the caller; `output.dispose()` frees them all
   * @throws ShapeError, OptionError, as the model's own does; DeviceError if the engine fails
   */
  async forward(
    pixelValues: Tensor4D | PixelValues,
    options: ForwardOptionsOf<Model> = {} as ForwardOptionsOf<Model>,
  ): Promise<OutputOf<Model>> {
    this.requireAlive('CompiledModel: forward');
    const where = this.model.architecture;
    requireKnownOptions(where, options, this.model.forwardOptions);
    refuseEager(this.model, options);
    requireSomeImages(where, pixelValues);
    const names = [...new Set(this.model.outputNames(where, options))];
    const results = await this.run(pixelValues, options, names);
    return tidyOutput(() => {
      const named = new Map(names.map((name) => [name, tensorOfArray(results.get(name))]));
      return this.model.outputOf(named, options, pixelValues.shape);
    }) as OutputOf<Model>;
  }

  /**
   * Computes some outputs alone, and nothing that they don't need: for CLS, the last block's MLP is computed for one token.
   *
   * @param names of outputs as references call them: `pooler_output`, `logits`, `hidden_states.3`, …
   * @returns a tensor for each name, owned by the caller
   * @throws OptionError if there is no such output; what `forward` throws
   */
  async outputs<Name extends string>(
    pixelValues: Tensor4D | PixelValues,
    names: readonly Name[],
  ): Promise<Record<Name, Tensor>> {
    this.requireAlive('CompiledModel: forward');
    requireSomeImages(this.model.architecture, pixelValues);
    requireNames(names);
    const results = await this.run(pixelValues, {}, names);
    const tensors = names.map((name) => [name, tensorOfArray(results.get(name))] as const);
    return Object.fromEntries(tensors) as Record<Name, Tensor>;
  }

  /** The model it was made of, in one line; `console.log` shows the same. */
  toString(): string {
    return `CompiledModel of ${this.model}`;
  }

  /** What `JSON.stringify` writes of it: the model it was made of. */
  toJSON(): { readonly model: Model } {
    return { model: this.model };
  }

  /** The model is left alone, but for what was asked for. */
  protected async release(): Promise<void> {
    await this.graphs.release();
    this.afterwards?.();
  }

  private async run(
    pixelValues: Tensor4D | PixelValues,
    masks: Masks,
    names: readonly string[],
  ): Promise<Map<string, EngineArray>> {
    return this.track(feedsOf(pixelValues, masks).then((feeds) => this.use(feeds, names)));
  }

  private async use(feeds: Feeds, names: readonly string[]): Promise<Map<string, EngineArray>> {
    const key = JSON.stringify([shapesOf(feeds), [...names].sort()]);
    return this.graphs.use(
      key,
      () => this.ready(key, feeds, names),
      (graph) => graph.run(feeds),
    );
  }

  /** Makes the graph of inputs of these shapes and of these outputs, which `key` stands for. */
  protected async ready(_key: string, feeds: Feeds, outputs: readonly string[]): Promise<EngineGraph> {
    return this.engine(await traceFor(this.model, feeds, outputs), this.precision);
  }
}

/** @throws OptionError naming an option that no recorded pass has */
function refuseEager({ architecture, eagerOptions }: Traceable, options: object): void {
  const [wrong] = Object.entries(options).filter(
    ([name, value]) => value != null && eagerOptions.includes(name),
  );
  if (wrong === undefined) return;
  throw new OptionError(
    `${architecture}: ${wrong[0]}: expected none of a compiled model, got ${shown(wrong[1])}; call forward of the model that was compiled`,
  );
}

/** The graph of a model for inputs of these shapes. */
export function traceFor(model: Traceable, feeds: Feeds, outputs: readonly string[]): Promise<TracedGraph> {
  const pixels = feeds.get('pixel_values');
  if (pixels === undefined) throw new Error('internal: no pixel values');
  const [boolMaskedPos, attentionMask] = [feeds.get('bool_masked_pos'), feeds.get('attention_mask')];
  return trace(model, pixels, { outputs, boolMaskedPos, attentionMask });
}
