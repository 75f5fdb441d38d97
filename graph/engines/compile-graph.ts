/** Graphs on other engines. */
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { requireKnownOptions } from '../../options/known-options.ts';
import { CompiledGraph } from './compiled-graph.ts';
import type { Engine, EngineSource } from './engine.ts';
import type { OnnxRuntimeOptions } from './onnx-runtime-engine.ts';

/** The engines that can run a graph in TF.js's place. */
export const ENGINES = ['onnxruntime'] as const;

/** How a graph is compiled. */
export interface CompileGraphOptions extends OnnxRuntimeOptions {
  /** what runs it; default `onnxruntime` */
  engine?: (typeof ENGINES)[number] | undefined;
}

/** The names of these options. */
export const GRAPH_OPTIONS = [
  'engine',
  'runtime',
  'executionProviders',
  'threads',
  'sessionOptions',
] as const satisfies (keyof CompileGraphOptions)[];

/**
 * Hands a graph to another engine.
 *
 * @throws DeviceError if the engine is not installed or can't run it; OptionError; TraceError if it has no counterpart there
 */
export async function compileGraph<Source extends EngineSource>(
  source: Source,
  options: CompileGraphOptions = {},
): Promise<CompiledGraph<Source>> {
  requireKnownOptions('compile', options, GRAPH_OPTIONS);
  const engine = await engineOf(options);
  return new CompiledGraph(source, await engine(source));
}

/**
 * The engine of a name, ready to take graphs.
 *
 * @throws DeviceError if it is not installed; OptionError
 */
export async function engineOf({ engine = 'onnxruntime', ...options }: CompileGraphOptions): Promise<Engine> {
  if (!ENGINES.includes(engine)) {
    throw new OptionError(`compile: engine must be one of ${ENGINES.join(', ')}, got ${shown(engine)}`);
  }
  const { onnxRuntimeEngine } = await import('./onnx-runtime-engine.ts');
  return onnxRuntimeEngine(options);
}
