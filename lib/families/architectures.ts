/** Choosing a class by its name. */
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import type { ModelSource } from '../../sources/model-source.ts';
import type { ClassifierLoadOptions } from '../loading/load-model.ts';
import type { AnyModel } from './any-model.ts';
import { Dinov2Backbone } from './dinov2/dinov2-backbone.ts';
import { Dinov2ForImageClassification } from './dinov2/dinov2-for-image-classification.ts';
import { Dinov2Model } from './dinov2/dinov2-model.ts';

/** The classes by their names, which are those of transformers without `WithRegisters`. */
export const ARCHITECTURES = ['Dinov2Model', 'Dinov2ForImageClassification', 'Dinov2Backbone'] as const;

/** The name of a class. */
export type Architecture = (typeof ARCHITECTURES)[number];

/** The class of a name of transformers; undefined if it is none of DINOv2's. */
export function architectureOf(name: string): Architecture | undefined {
  const plain = name.replace('WithRegisters', '');
  return ARCHITECTURES.find((each) => each === plain);
}

/**
 * Loads a checkpoint as a class.
 *
 * @param options a head and labels are for classifiers alone
 * @throws OptionError if there is no such class; what `fromPretrained` throws
 */
export async function fromPretrainedAs(
  architecture: Architecture,
  source: ModelSource,
  options: ClassifierLoadOptions = {},
): Promise<AnyModel> {
  switch (architecture) {
    case 'Dinov2Model':
      return Dinov2Model.fromPretrained(source, options);
    case 'Dinov2ForImageClassification':
      return Dinov2ForImageClassification.fromPretrained(source, options);
    case 'Dinov2Backbone':
      return Dinov2Backbone.fromPretrained(source, options);
    default:
      throw new OptionError(
        `architecture: expected one of ${ARCHITECTURES.join(', ')}, got ${shown(architecture)}`,
      );
  }
}
