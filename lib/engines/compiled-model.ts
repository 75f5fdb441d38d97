/** A model whose forward pass another engine runs. */
import type { Tensor, Tensor4D } from '@tensorflow/tfjs-core';
import { Dinov2Error } from '../../errors/errors.ts';
import { requireKnownOptions } from '../known-options.ts';
import type { AnyModel } from '../models/any-model.ts';
import {
  isOutside,
  type MaskedForwardOptions,
  type PixelValues,
  requirePixelValues,
} from '../models/forward-options.ts';
import { outputOf } from '../models/output-of.ts';
import { tidyOutput } from '../models/tidy-output.ts';
import { type TraceOptions, trace } from '../tracing/trace.ts';
import { arrayOfTensor, type Engine, type EngineArray, type EngineGraph, tensorOfArray } from './engine.ts';

/** The options that the forward pass of a model takes. */
export type ForwardOptionsOf<Model extends AnyModel> = NonNullable<Parameters<Model['forward']>[1]>;

/** What the forward pass of a model gives. */
export type OutputOf<Model extends AnyModel> = ReturnType<Model['forward']>;

/** A graph, and who is using it. */
interface Entry {
  readonly graph: Promise<EngineGraph>;
  users: number;
  retired: boolean;
}

/**
 * A model that another engine runs: the same call, the same outputs, as a promise.
 *
 * The forward pass is traced when pictures of a size, or options, come for the first time, and kept; it takes batches of
 * every size. The model must not be disposed of as long as new sizes may come.
 */
export class CompiledModel<Model extends AnyModel = AnyModel> {
  /** the model it was made of, which stays its owner's */
  readonly model: Model;
  private readonly engine: Engine;
  private readonly maxGraphs: number;
  /** least recently used first */
  private readonly entries = new Map<string, Entry>();
  private disposed = false;

  /** @param maxGraphs how many graphs are kept, each with weights of its own */
  constructor(model: Model, engine: Engine, maxGraphs: number) {
    this.model = model;
    this.engine = engine;
    this.maxGraphs = maxGraphs;
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
    this.requireAlive();
    const where = this.model.constructor.name;
    requireKnownOptions(where, options, this.model.forwardOptions);
    requirePixelValues(where, pixelValues);
    const { outputHiddenStates, outputAttentions } = options;
    const labels = 'labels' in options ? options.labels : undefined;
    const feeds = await feedsOf(pixelValues, options);
    const wanted = {
      ...(outputHiddenStates !== undefined && { outputHiddenStates }),
      ...(outputAttentions !== undefined && { outputAttentions }),
    };
    const results = await this.use(feeds, wanted, (graph) => graph.run(feeds));
    const request = { ...wanted, labels, shape: pixelValues.shape };
    return tidyOutput(() =>
      outputOf(this.model, (name) => tensorOfArray(results.get(name)), request),
    ) as OutputOf<Model>;
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
    this.requireAlive();
    requirePixelValues(this.model.constructor.name, pixelValues);
    const feeds = await feedsOf(pixelValues, {});
    const results = await this.use(feeds, { outputs: names }, (graph) => graph.run(feeds));
    const tensors = names.map((name) => [name, tensorOfArray(results.get(name))] as const);
    return Object.fromEntries(tensors) as Record<Name, Tensor>;
  }

  /** Lets go of all graphs, once they are no longer running. The model is left alone. Safe to call twice. */
  async dispose(): Promise<void> {
    this.disposed = true;
    const entries = [...this.entries.keys()];
    await Promise.all(entries.map((key) => this.retire(key)));
  }

  /** Begins to let go of all graphs. */
  [Symbol.dispose](): void {
    void this.dispose();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.dispose();
  }

  private requireAlive(): void {
    if (this.disposed) {
      throw new Dinov2Error('CompiledModel: forward() must come before dispose(), got a call after it');
    }
  }

  private async use<Result>(
    feeds: ReadonlyMap<string, EngineArray>,
    wanted: TraceOptions,
    run: (graph: EngineGraph) => Promise<Result>,
  ): Promise<Result> {
    const shapes = [...feeds].map(([name, { shape, dtype }]) => [name, dtype, ...perPicture(feeds, shape)]);
    const key = JSON.stringify([shapes, wanted]);
    const entry = this.entries.get(key) ?? { graph: this.ready(feeds, wanted), users: 0, retired: false };
    this.entries.delete(key);
    this.entries.set(key, entry);
    entry.users++;
    try {
      return await run(await entry.graph);
    } catch (error) {
      // what failed is tried anew the next time
      if (this.entries.get(key) === entry) await this.retire(key);
      throw error;
    } finally {
      entry.users--;
      if (entry.retired && entry.users === 0) await release(entry);
      await this.retireOldest();
    }
  }

  private async ready(feeds: ReadonlyMap<string, EngineArray>, wanted: TraceOptions): Promise<EngineGraph> {
    const pixels = feeds.get('pixel_values');
    if (pixels === undefined) throw new Error('internal: no pixel values');
    const graph = await trace(this.model, pixels, {
      ...wanted,
      boolMaskedPos: feeds.get('bool_masked_pos'),
      attentionMask: feeds.get('attention_mask'),
    });
    return this.engine(graph);
  }

  private async retireOldest(): Promise<void> {
    const [oldest] = this.entries.keys();
    if (this.entries.size > this.maxGraphs && oldest !== undefined) await this.retire(oldest);
  }

  private async retire(key: string): Promise<void> {
    const entry = this.entries.get(key);
    if (entry === undefined) return;
    this.entries.delete(key);
    entry.retired = true;
    if (entry.users === 0) await release(entry);
  }
}

async function release({ graph }: Entry): Promise<void> {
  const ready = await graph.catch(() => undefined);
  await ready?.release();
}

/** A shape without the size of the batch, which graphs leave free. */
function perPicture(
  feeds: ReadonlyMap<string, EngineArray>,
  shape: readonly number[],
): readonly (number | string)[] {
  const B = feeds.get('pixel_values')?.shape[0];
  return shape[0] === B ? ['batch', ...shape.slice(1)] : shape;
}

async function feedsOf(
  pixelValues: Tensor4D | PixelValues,
  options: MaskedForwardOptions,
): Promise<Map<string, EngineArray>> {
  const { boolMaskedPos, attentionMask } = options;
  const feeds = new Map([['pixel_values', await arrayOf(pixelValues)]]);
  if (boolMaskedPos) feeds.set('bool_masked_pos', { ...(await arrayOf(boolMaskedPos)), dtype: 'bool' });
  if (attentionMask) feeds.set('attention_mask', await arrayOf(attentionMask));
  return feeds;
}

async function arrayOf(value: Tensor | PixelValues): Promise<EngineArray> {
  if (!isOutside(value)) return arrayOfTensor(value);
  return { data: value.data, shape: value.shape, dtype: 'float32' };
}
