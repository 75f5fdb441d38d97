/** The classes that find out which family a checkpoint is of: by its `config.json`, or by its tensors where it has none. */
import type { ModelSource } from '../../sources/model-source.ts';
import { loadModel } from '../loading/load-model.ts';
import type { ClassifierLoadOptions, LoadOptions } from './dinov2/load-options.ts';
import { classesOfKind, type ModelOfKind } from './families.ts';

/** HF: `AutoModel`. */
export const AutoModel = {
  /** Loads the bare model of a checkpoint. */
  fromPretrained(source: ModelSource, options: LoadOptions = {}): Promise<ModelOfKind<'Model'>> {
    return loadModel<ModelOfKind<'Model'>>(classesOfKind('Model'), source, options);
  },
};

/** HF: `AutoModelForImageClassification`. */
export const AutoModelForImageClassification = {
  /** Loads the classifier of a checkpoint. */
  fromPretrained(
    source: ModelSource,
    options: ClassifierLoadOptions = {},
  ): Promise<ModelOfKind<'ForImageClassification'>> {
    return loadModel<ModelOfKind<'ForImageClassification'>>(
      classesOfKind('ForImageClassification'),
      source,
      options,
    );
  },
};

/** HF: `AutoBackbone`. */
export const AutoBackbone = {
  /** Loads the backbone of a checkpoint. */
  fromPretrained(source: ModelSource, options: LoadOptions = {}): Promise<ModelOfKind<'Backbone'>> {
    return loadModel<ModelOfKind<'Backbone'>>(classesOfKind('Backbone'), source, options);
  },
};
