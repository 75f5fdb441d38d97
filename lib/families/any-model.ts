/** A model of any class. */
import type { Dinov2Backbone } from './dinov2/dinov2-backbone.ts';
import type { Dinov2ForImageClassification } from './dinov2/dinov2-for-image-classification.ts';
import type { Dinov2Model } from './dinov2/dinov2-model.ts';

/** A model of any of the three classes. */
export type AnyModel = Dinov2Model | Dinov2ForImageClassification | Dinov2Backbone;
