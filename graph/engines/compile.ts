/** Models on other engines. */
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { requireKnownOptions } from '../../options/known-options.ts';
import { isTraceable, type Traceable } from '../traceable.ts';
import { type CompileGraphOptions, engineOf, GRAPH_OPTIONS } from './compile-graph.ts';
import { CompiledModel } from './compiled-model.ts';

/** How a model is compiled. */
export interface CompileOptions extends CompileGraphOptions {
  /** how many image sizes and sets of options are kept, each with weights of its own; default 2 */
  maxGraphs?: number | undefined;
}

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
