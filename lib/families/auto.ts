/** The classes that read `config.json` to find out what to build. */

import type { ModelSource } from '../../sources/model-source.ts';
import type { ClassifierLoadOptions, LoadOptions } from '../loading/load-model.ts';
import { Dinov2Backbone } from './dinov2/dinov2-backbone.ts';
import { Dinov2ForImageClassification } from './dinov2/dinov2-for-image-classification.ts';
import { Dinov2Model } from './dinov2/dinov2-model.ts';

/*
 * Both model types of transformers are one class here, because registers are a number in the configuration; so
 * these classes only refuse what is no DINOv2 model, which reading the configuration does.
 */

/** HF: `AutoModel`. */
export const AutoModel = {
  /** Loads the bare model of a checkpoint whose `config.json` names a DINOv2 model type. */
  fromPretrained(source: ModelSource, options: LoadOptions = {}): Promise<Dinov2Model> {
    return Dinov2Model.fromPretrained(source, options);
  },
};

/** HF: `AutoModelForImageClassification`. */
export const AutoModelForImageClassification = {
  /** Loads the classifier of a checkpoint whose `config.json` names a DINOv2 model type. */
  fromPretrained(
    source: ModelSource,
    options: ClassifierLoadOptions = {},
  ): Promise<Dinov2ForImageClassification> {
    return Dinov2ForImageClassification.fromPretrained(source, options);
  },
};

/** HF: `AutoBackbone`. */
export const AutoBackbone = {
  /** Loads the backbone of a checkpoint whose `config.json` names a DINOv2 model type. */
  fromPretrained(source: ModelSource, options: LoadOptions = {}): Promise<Dinov2Backbone> {
    return Dinov2Backbone.fromPretrained(source, options);
  },
};
