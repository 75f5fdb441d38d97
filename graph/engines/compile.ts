/** Models on other engines. */
import { OptionError } from '../../errors/errors.ts';
import { type OptionsOf, positiveInteger, readOptions } from '../../options/rows.ts';
import { isTraceable, type Traceable } from '../traceable.ts';
import { type CompileGraphOptions, ENGINE_OPTIONS, engineOf } from './compile-graph.ts';
import { CompiledModel } from './compiled-model.ts';
import { enginePrecision } from './engine.ts';
import { ONNX_RUNTIME_OPTIONS } from './onnx-runtime.ts';

/** What a compiled model keeps. */
export const COMPILE_OPTIONS = {
  /** how many image sizes and sets of options are kept, each with weights of its own; default 2 */
  maxGraphs: positiveInteger({ default: 2 }),
};

/** How a model is compiled. */
export interface CompileOptions extends CompileGraphOptions, OptionsOf<typeof COMPILE_OPTIONS> {}

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
  const { maxGraphs, precision } = readOptions(
    'compile',
    options,
    { ...COMPILE_OPTIONS, ...ENGINE_OPTIONS },
    ONNX_RUNTIME_OPTIONS,
  );
  if (!isTraceable(model)) throw new OptionError('compile: expected a model, got something else');
  const engine = await engineOf(options);
  return new CompiledModel(model, engine, maxGraphs, precision ?? enginePrecision(model.precision));
}
