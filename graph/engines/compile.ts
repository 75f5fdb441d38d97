/** Models on other engines. */
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { requireKnownOptions } from '../../options/known-options.ts';
import { isTraceable, type Traceable } from '../traceable.ts';
import type { TracedGraph } from '../tracing/traced-graph.ts';
import { CompiledGraph } from './compiled-graph.ts';
import { CompiledModel } from './compiled-model.ts';
import type { Engine } from './engine.ts';
import type { OnnxRuntimeOptions } from './onnx-runtime-engine.ts';

/** The engines that can run a model in TF.js's place. */
export const ENGINES = ['onnxruntime'] as const;

/** How a graph is compiled. */
export interface CompileGraphOptions extends OnnxRuntimeOptions {
  /** what runs it; default `onnxruntime` */
  engine?: (typeof ENGINES)[number] | undefined;
}

/** How a model is compiled. */
export interface CompileOptions extends CompileGraphOptions {
  /** how many image sizes and sets of options are kept, each with weights of its own; default 2 */
  maxGraphs?: number | undefined;
}

const GRAPH_OPTIONS = [
  'engine',
  'runtime',
  'executionProviders',
  'threads',
  'sessionOptions',
] as const satisfies (keyof CompileGraphOptions)[];
const OPTIONS = [...GRAPH_OPTIONS, 'maxGraphs'] as const satisfies (keyof CompileOptions)[];

/**
 * Makes a model that another engine runs. Nothing is traced before the first forward pass.
 *
 * @param model borrowed; must not be disposed of as long as images of new sizes may come
 * @throws DeviceError if the engine is not installed; OptionError
 */
export async function compile<Model extends Traceable>(
  model: Model,
  options: CompileOptions = {},
): Promise<CompiledModel<Model>> {
  requireKnownOptions('compile', options, OPTIONS);
  if (!isTraceable(model)) throw new OptionError('compile: expected a model, got something else');
  const { maxGraphs = 2, ...engineOptions } = options;
  if (!Number.isSafeInteger(maxGraphs) || maxGraphs < 1) {
    throw new OptionError(`compile: maxGraphs must be a positive integer, got ${shown(maxGraphs)}`);
  }
  return new CompiledModel(model, await engineOf(engineOptions), maxGraphs);
}

/**
 * Hands a traced graph to another engine.
 *
 * @throws DeviceError if the engine is not installed or can't run it; OptionError; TraceError if it has no counterpart there
 */
export async function compileGraph(
  graph: TracedGraph,
  options: CompileGraphOptions = {},
): Promise<CompiledGraph> {
  requireKnownOptions('compile', options, GRAPH_OPTIONS);
  const engine = await engineOf(options);
  return new CompiledGraph(graph, await engine(graph));
}

async function engineOf({ engine = 'onnxruntime', ...options }: CompileGraphOptions): Promise<Engine> {
  if (!ENGINES.includes(engine)) {
    throw new OptionError(`compile: engine must be one of ${ENGINES.join(', ')}, got ${shown(engine)}`);
  }
  const { onnxRuntimeEngine } = await import('./onnx-runtime-engine.ts');
  return onnxRuntimeEngine(options);
}
