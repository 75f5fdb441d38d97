/** Models on other engines. */
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { requireKnownOptions } from '../known-options.ts';
import type { AnyModel } from '../models/any-model.ts';
import { CompiledModel } from './compiled-model.ts';
import type { OnnxRuntimeOptions } from './onnx-runtime-engine.ts';

/** The engines that can run a model in TF.js's place. */
export const ENGINES = ['onnxruntime'] as const;

/** How a model is compiled. */
export interface CompileOptions extends OnnxRuntimeOptions {
  /** what runs it; default `onnxruntime` */
  engine?: (typeof ENGINES)[number] | undefined;
  /** how many picture sizes and sets of options are kept, each with weights of its own; default 2 */
  maxGraphs?: number | undefined;
}

const OPTIONS = [
  'engine',
  'maxGraphs',
  'runtime',
  'executionProviders',
  'threads',
  'sessionOptions',
] as const satisfies (keyof CompileOptions)[];

/**
 * Makes a model that another engine runs. Nothing is traced before the first forward pass.
 *
 * @param model borrowed; must not be disposed of as long as pictures of new sizes may come
 * @throws DeviceError if the engine is not installed; OptionError
 */
export async function compile<Model extends AnyModel>(
  model: Model,
  options: CompileOptions = {},
): Promise<CompiledModel<Model>> {
  requireKnownOptions('compile', options, OPTIONS);
  const { engine = 'onnxruntime', maxGraphs = 2, ...engineOptions } = options;
  if (!ENGINES.includes(engine)) {
    throw new OptionError(`compile: engine must be one of ${ENGINES.join(', ')}, got ${shown(engine)}`);
  }
  if (!Number.isSafeInteger(maxGraphs) || maxGraphs < 1) {
    throw new OptionError(`compile: maxGraphs must be a positive integer, got ${shown(maxGraphs)}`);
  }
  const { onnxRuntimeEngine } = await import('./onnx-runtime-engine.ts');
  return new CompiledModel(model, await onnxRuntimeEngine(engineOptions), maxGraphs);
}
