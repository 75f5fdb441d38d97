/** What every page and program here does; addresses are URLs in pages, paths in Node. */
import { AutoImageProcessor, Dinov2Model, embed } from 'dinov2-tfjs';

export async function embedImage(modelAddress, image) {
  const processor = await AutoImageProcessor.fromPretrained(modelAddress);
  const model = await Dinov2Model.fromPretrained(modelAddress);
  const { pixelValues } = await processor.preprocess(image);
  const [vector] = await embed(model, pixelValues);
  model.dispose();
  return [...vector];
}
