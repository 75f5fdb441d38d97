/** A model of any class. */
import { Dinov2Backbone } from './dinov2/dinov2-backbone.ts';
import { Dinov2ForImageClassification } from './dinov2/dinov2-for-image-classification.ts';
import { Dinov2Model } from './dinov2/dinov2-model.ts';

/** A model of any of the three classes. */
export type AnyModel = Dinov2Model | Dinov2ForImageClassification | Dinov2Backbone;

/** Whether a value is a model of this library. */
export function isModel(value: unknown): value is AnyModel {
  return (
    value instanceof Dinov2Model ||
    value instanceof Dinov2ForImageClassification ||
    value instanceof Dinov2Backbone
  );
}
