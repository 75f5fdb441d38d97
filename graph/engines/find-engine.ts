/** Finding an engine before there is a model for it. */
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { requireNode } from '../../platform/require-node.ts';
import { ENGINES } from './compile-graph.ts';

/** An engine that is installed. */
export interface InstalledEngine {
  /** Removes at once the files of models that are just being opened: for programs that are about to be ended. */
  removeTemporaryFiles(): void;
}

/**
 * Loads the package of an engine, so that its absence shows before a model is downloaded for it. Needs Node; in browsers
 * packages are handed to `compile`.
 *
 * @throws DeviceError if it is not installed, or can't be loaded; OptionError if there is no such engine
 */
export async function findEngine(name: (typeof ENGINES)[number]): Promise<InstalledEngine> {
  if (!ENGINES.includes(name)) {
    throw new OptionError(`findEngine: expected one of ${ENGINES.join(', ')}, got ${shown(name)}`);
  }
  requireNode(name);
  const { importOnnxRuntime, removeTemporaryModels } = await import('#node/graph/engines/onnx-runtime');
  const { removePartialGraphs } = await import('#node/graph/engines/kept/graph-cache');
  await importOnnxRuntime();
  return {
    removeTemporaryFiles() {
      removeTemporaryModels();
      removePartialGraphs();
    },
  };
}
