/** Graphs on other engines. */
import { choice, type OptionsOf, readOptions } from '../../options/rows.ts';
import { CompiledGraph } from './compiled-graph.ts';
import { ENGINE_PRECISIONS, type Engine, type EngineSource } from './engine.ts';
import { ONNX_RUNTIME_OPTIONS, type OnnxRuntimeOptions } from './onnx-runtime.ts';

/** The engines that can run a graph in TF.js's place. */
export const ENGINES = ['onnxruntime'] as const;

/** Which engine runs a graph. */
export const ENGINE_OPTIONS = {
  /** what runs it; default `onnxruntime` */
  engine: choice(ENGINES, {
    default: 'onnxruntime',
    refusal: ` must be one of ${ENGINES.join(', ')}`,
  }),
  /**
   * `i8`: the linear weights of the blocks in 8 bits, and products of 8 bits, see `convertToOnnx`. Default: `i8` for a model that
   * is in `i8`, else `f32`. There is no `f16`: ONNX Runtime would widen the weights before it runs anything
   */
  precision: choice(ENGINE_PRECISIONS, {
    refusal: ' must be f32 or i8, as ONNX Runtime widens weights in 16 bits at its start',
  }),
};

/** How a graph is compiled. */
export interface CompileGraphOptions extends OptionsOf<typeof ENGINE_OPTIONS>, OnnxRuntimeOptions {}

/**
 * Hands a graph to another engine.
 *
 * @throws DeviceError if the engine is not installed or can't run it; OptionError; TraceError if it has no counterpart there
 */
export async function compileGraph<Source extends EngineSource>(
  source: Source,
  options: CompileGraphOptions = {},
): Promise<CompiledGraph<Source>> {
  const { precision = 'f32' } = readOptions('compile', options, ENGINE_OPTIONS, ONNX_RUNTIME_OPTIONS);
  const engine = await engineOf(options);
  return new CompiledGraph(source, await engine(source, precision));
}

/**
 * The engine, ready to take graphs; there is one so far.
 *
 * @throws DeviceError if it is not installed; OptionError
 */
export async function engineOf(options: OnnxRuntimeOptions): Promise<Engine> {
  const { onnxRuntimeEngine } = await import('./onnx-runtime-engine.ts');
  return onnxRuntimeEngine(options);
}
