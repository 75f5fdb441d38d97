/** DINOv2 as a family of the list. */
import { DINOV2_PROCESSOR } from '../../../images/processor-config.ts';
import type { Family } from '../family.ts';
import { Dinov2Backbone } from './dinov2-backbone.ts';
import { Dinov2ForImageClassification } from './dinov2-for-image-classification.ts';
import { Dinov2Model } from './dinov2-model.ts';
import { DINOV2_FILES } from './files.ts';

/** With and without registers. */
export const DINOV2 = {
  files: DINOV2_FILES,
  classes: [Dinov2Model, Dinov2ForImageClassification, Dinov2Backbone],
  processor: DINOV2_PROCESSOR,
} as const satisfies Family;
