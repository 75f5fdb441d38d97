/** A page of a user: the bundled model classifies one image. Its bundle is the one whose size is told. */
import {
  AutoImageProcessor,
  type Classification,
  classify,
  Dinov2ForImageClassification,
} from '../../lib/index.ts';

/**
 * @param modelAddress where `config.json`, `model.safetensors` and `preprocessor_config.json` are
 * @returns the best label of the image
 */
export async function classifyImage(modelAddress: URL, image: Blob): Promise<Classification | undefined> {
  const processor = await AutoImageProcessor.fromPretrained(modelAddress);
  const model = await Dinov2ForImageClassification.fromPretrained(modelAddress);
  try {
    const { pixelValues } = await processor.preprocess(image);
    const [labels] = await classify(model, pixelValues, { topK: 1 });
    return labels?.[0];
  } finally {
    model.dispose();
  }
}
