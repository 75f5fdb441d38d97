/** From a source to a compiled model, which need not read the weights of a model that was compiled before. */
import { getBackend } from '@tensorflow/tfjs-core';
import { ensureBackend } from '../../backends/devices.ts';
import { OptionError, SourceError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { COMPILE_OPTIONS, type CompileOptions } from '../../graph/engines/compile.ts';
import { ENGINE_OPTIONS, engineOf } from '../../graph/engines/compile-graph.ts';
import { CompiledModel } from '../../graph/engines/compiled-model.ts';
import { type Engine, type EngineFiles, enginePrecision } from '../../graph/engines/engine.ts';
import { GRAPH_CACHE_OPTIONS, type GraphCacheOptions } from '../../graph/engines/kept/graph-cache-options.ts';
import { KeptModel } from '../../graph/engines/kept/kept-model.ts';
import { ONNX_RUNTIME_OPTIONS } from '../../graph/engines/onnx-runtime.ts';
import { type ReadOptions, readOptions } from '../../options/rows.ts';
import type { ModelSource } from '../../sources/model-source.ts';
import { readModel } from '../loading/load-model.ts';
import type { ModelClass } from '../loading/model-class.ts';
import { type LoadModelOptions, type OpenedClass, openClass } from '../loading/open-class.ts';
import type { AnyModel } from './families.ts';

// the precision is one of loading, which the engine follows
const { engine: ENGINE } = ENGINE_OPTIONS;
const TABLE = { ...COMPILE_OPTIONS, engine: ENGINE, ...ONNX_RUNTIME_OPTIONS, ...GRAPH_CACHE_OPTIONS };

/** A class that checkpoints are loaded as, or an automatic one, which finds it. */
export type LoadableClass<Model extends AnyModel, Options> = (
  | ModelClass<Model>
  | { readonly classes: readonly ModelClass<Model>[] }
) & { fromPretrained(source: ModelSource, options?: Options): Promise<Model> };

/**
 * How a model is loaded, compiled and kept: the options of the class's `fromPretrained`, and those of `compile`. With `precision`
 * `i8`, or a file in 8 bits, the engine computes in 8 bits; ONNX Runtime widens 16 bits at its start.
 */
export type CompilePretrainedOptions<Options> = Options &
  Omit<CompileOptions, 'precision'> &
  GraphCacheOptions;

/**
 * Loads a model for another engine. In Node, graphs of models that are files, or come from the Hub, are kept for the next
 * start, which reads no weights and traces nothing.
 *
 * Weights are in memory while a graph is made, the engine's alone afterwards. Its `model` is an outline without weights; where
 * nothing is kept (in browsers, from URLs and memory, with `runtime` or without `graphCache`) it has them until `dispose()`.
 *
 * @param which the class, such as `Dinov2Model`, or `AutoModel`
 * @param source as `fromPretrained` takes it
 * @returns to be disposed of by the caller
 * @throws what `fromPretrained` and `compile` throw
 */
export async function compilePretrained<Model extends AnyModel, Options extends LoadModelOptions>(
  which: LoadableClass<Model, Options>,
  source: ModelSource,
  options?: CompilePretrainedOptions<Options>,
): Promise<CompiledModel<Model>> {
  const classes = classesOf(which);
  const [own, load] = divided(options ?? {});
  const settings = readOptions('compilePretrained', own, TABLE);
  // its threads start meanwhile; whether it could be started shows where it is awaited
  const backend = ensureBackend();
  backend.catch(() => undefined);
  // whether it is there shows before anything is downloaded
  const engine = await engineOf(settings);
  const opened = await openClass(classes, source, load);
  await backend;
  const kept = await keptModel(engine, opened, settings, load, () => openClass(classes, source, load));
  if (kept === undefined) {
    const model = await readModel(opened, load);
    const precision = enginePrecision(model.precision);
    return new CompiledModel(model, engine, settings.maxGraphs, precision, () => model.dispose());
  }
  await opened.mapped.checkpoint.close();
  return kept;
}

/** The model whose graphs are kept; undefined where nothing can be. */
async function keptModel<Model extends AnyModel>(
  engine: Engine,
  opened: OpenedClass<Model>,
  settings: ReadOptions<typeof TABLE>,
  load: LoadModelOptions,
  open: () => Promise<OpenedClass<Model>>,
): Promise<KeptModel<Model> | undefined> {
  const { checkpoint } = opened.mapped;
  const { identity } = checkpoint;
  if (!hasFiles(engine) || !settings.graphCache || identity === undefined) return undefined;
  const { openGraphCache } = await import('#node/graph/engines/kept/open-graph-cache');
  const { libraryVersion } = await import('#node/graph/engines/kept/library-version');
  const { graphCacheDir, graphCacheSize, maxGraphs } = settings;
  const { cacheDir, onWarning } = load;
  const cache = openGraphCache({ graphCacheDir, graphCacheSize, cacheDir, onWarning });
  // constants of a graph are computed on the backend
  const facts = { ...factsOf(opened), backend: getBackend(), library: await libraryVersion() };
  return new KeptModel(opened.outline(), {
    cache,
    engine,
    maxGraphs,
    precision: enginePrecision(opened.precision),
    source: checkpoint.where,
    facts,
    async load() {
      const again = await open();
      if (again.mapped.checkpoint.identity === identity) return readModel(again, load);
      await again.mapped.checkpoint.close();
      throw new SourceError(
        `${checkpoint.where}: expected the weights that were there when it was opened, got others; open it again`,
      );
    },
  });
}

function hasFiles(engine: Engine): engine is Engine & { readonly files: EngineFiles } {
  return engine.files !== undefined;
}

/** What the values of a graph are made of: which tensors of which files, in which places of which layers. */
function factsOf({ mapped, modelClass, config, precision }: OpenedClass<AnyModel>): object {
  const weights = [...mapped.parameters].map(([name, { parts }]) => [
    name,
    ...parts.map((part) => ('zeros' in part ? part.zeros : [part.tensor, part.scales])),
  ]);
  const { identity } = mapped.checkpoint;
  return { identity, weights, architecture: modelClass.architectures[0], config, precision };
}

/** Options of loading, and all others. */
function divided(options: object): [own: object, load: LoadModelOptions] {
  const entries = Object.entries(options);
  const isOwn = ([name]: [string, unknown]) => Object.hasOwn(TABLE, name);
  const load = entries.filter((entry) => !isOwn(entry));
  return [Object.fromEntries(entries.filter(isOwn)), Object.fromEntries(load)];
}

function classesOf<Model extends AnyModel, Options>(
  which: LoadableClass<Model, Options>,
): readonly ModelClass<Model>[] {
  if (typeof which?.fromPretrained === 'function') return 'classes' in which ? which.classes : [which];
  throw new OptionError(
    `compilePretrained: expected a class such as Dinov2Model, got ${shown(which)}; a model that is loaded has model.compile()`,
  );
}
