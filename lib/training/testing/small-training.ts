/** A small classifier and images of three classes that it can tell apart, for tests of training. */
import { BitImageProcessor } from '../../../images/image-processor.ts';
import { noise } from '../../../testing/noise.ts';
import type { Dataset } from '../../datasets/dataset.ts';
import { Dinov2Config } from '../../families/dinov2/dinov2-config.ts';
import { Dinov2ForImageClassification } from '../../families/dinov2/dinov2-for-image-classification.ts';

const SIDE = 8;

/** Images as they are, normalised. */
export const PROCESSOR = new BitImageProcessor({
  doResize: false,
  doCenterCrop: true,
  cropSize: SIDE,
  imageMean: [0.5, 0.5, 0.5],
  imageStd: [0.5, 0.5, 0.5],
});

/** A model of two narrow blocks with random weights. */
export function smallClassifier(seed: number, dropPathRate = 0): Promise<Dinov2ForImageClassification> {
  const config = new Dinov2Config({
    ...{
      hiddenSize: 12,
      numHiddenLayers: 2,
      numAttentionHeads: 3,
      mlpRatio: 2,
      imageSize: SIDE,
      patchSize: 4,
    },
    ...{ numLabels: 3, initializerRange: 0.2, dropPathRate },
  });
  return Dinov2ForImageClassification.fromConfig(config, { seed });
}

/** Images of noise, of which each class is bright in another channel. */
export function patches(count: number, seed = 1): Dataset {
  const items = Array.from({ length: count }, (_, i) => {
    const values = noise(SIDE * SIDE * 3, seed * 1000 + i);
    const data = Uint8Array.from(values, (value, at) => 60 + 60 * value + (at % 3 === i % 3 ? 100 : 0));
    return {
      name: `image ${i}`,
      image: { width: SIDE, height: SIDE, channels: 3 as const, data },
      label: i % 3,
    };
  });
  return { items, classes: ['red', 'green', 'blue'], problemType: 'single_label_classification' };
}
