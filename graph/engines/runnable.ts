/** Models as tasks take them: on TF.js, or compiled. */
import type { Traceable } from '../traceable.ts';
import { CompiledModel } from './compiled-model.ts';

/** A model, or the same model on another engine. */
export type Runnable<Model extends Traceable> = Model | CompiledModel<Model>;

/** The model itself, which has the weights and the configuration. */
export function modelOf<Model extends Traceable>(runnable: Runnable<Model>): Model {
  return runnable instanceof CompiledModel ? runnable.model : runnable;
}
