/** The classes that find out which family a checkpoint is of: by its `config.json`, or by its tensors where it has none. */
import type { ModelSource } from '../../sources/model-source.ts';
import { loadModel } from '../loading/load-model.ts';
import type { ModelClass } from '../loading/model-class.ts';
import type { ClassifierLoadOptions, LoadOptions } from './dinov2/load-options.ts';
import { type AnyModel, classesOfKind, type ModelOfKind } from './families.ts';

/** Loads models of one kind, of any family. */
interface AutoClass<Model extends AnyModel, Options> {
  /** those that it chooses among */
  readonly classes: readonly ModelClass<Model>[];
  /** Loads a checkpoint. */
  fromPretrained(source: ModelSource, options?: Options): Promise<Model>;
}

function autoClass<Model extends AnyModel, Options extends LoadOptions>(
  classes: readonly ModelClass<Model>[],
): AutoClass<Model, Options> {
  return {
    classes,
    fromPretrained: (source, options) => loadModel(classes, source, options === undefined ? {} : options),
  };
}

/** The bare model. HF: `AutoModel`. */
export const AutoModel = autoClass<ModelOfKind<'Model'>, LoadOptions>(classesOfKind('Model'));

/** The classifier. HF: `AutoModelForImageClassification`. */
export const AutoModelForImageClassification = autoClass<
  ModelOfKind<'ForImageClassification'>,
  ClassifierLoadOptions
>(classesOfKind('ForImageClassification'));

/** The backbone. HF: `AutoBackbone`. */
export const AutoBackbone = autoClass<ModelOfKind<'Backbone'>, LoadOptions>(classesOfKind('Backbone'));
