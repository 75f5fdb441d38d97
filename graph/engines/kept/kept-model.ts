/** Compiled models whose graphs are kept between starts. */
import type { Traceable } from '../../traceable.ts';
import { CompiledModel, traceFor } from '../compiled-model.ts';
import type { Engine, EngineFiles, EngineGraph, EnginePrecision } from '../engine.ts';
import type { Feeds } from '../feeds.ts';
import type { GraphCache } from './graph-cache-node.ts';

/** Where the graphs of a model are kept, and how it is loaded for those that are not there. */
export interface KeptParts<Model extends Traceable> {
  readonly cache: GraphCache;
  readonly engine: Engine & { readonly files: EngineFiles };
  /** how many graphs are ready at once */
  readonly maxGraphs: number;
  /** what the engine keeps weights in */
  readonly precision: EnginePrecision;
  /** the source, as the user named it */
  readonly source: string;
  /** what graphs depend on beside their inputs and outputs, to be written as JSON */
  readonly facts: object;
  /** The model with its weights, owned by the caller. */
  load(): Promise<Model & { dispose(): void }>;
}

/**
 * A compiled model whose weights are read when a graph is needed that is not kept, and let go of when it is.
 *
 * `model` is an outline: its configuration, and no weights.
 */
export class KeptModel<Model extends Traceable> extends CompiledModel<Model> {
  private readonly parts: KeptParts<Model>;

  /** @param outline a model without weights */
  constructor(outline: Model, parts: KeptParts<Model>) {
    super(outline, parts.engine, parts.maxGraphs, parts.precision);
    this.parts = parts;
  }

  protected override async ready(
    shapes: string,
    feeds: Feeds,
    outputs: readonly string[],
  ): Promise<EngineGraph> {
    const { precision } = this;
    const { cache, engine, facts } = this.parts;
    const { files } = engine;
    const key = cache.keyOf({ facts, form: files.form, precision, shapes });
    const kept = await cache.find(key);
    if (kept !== undefined) {
      try {
        return await files.open(kept);
      } catch {
        // it may be damaged where nobody looked; if it is not, making it anew says what is wrong
        await cache.remove(key);
      }
    }
    const model = await this.parts.load();
    try {
      const graph = await traceFor(model, feeds, outputs);
      const note = { model: this.parts.source, architecture: model.architecture, graph: `${graph}` };
      const path = await cache.add(key, note, (file) => files.write(graph, precision, file));
      return path === undefined ? await engine(graph, precision) : await files.open(path);
    } finally {
      model.dispose();
    }
  }
}
