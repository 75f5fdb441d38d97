import { OptionError } from '../../errors/errors.ts';
import type { PixelValues } from '../../images/pixel-values.ts';
import { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { Dinov2Model } from '../families/dinov2/dinov2-model.ts';
import { classify } from './classify.ts';
import { embed } from './embed.ts';

const MODEL = new URL('../../models/digits', import.meta.url).pathname;
const pixelValues: PixelValues = { data: new Float32Array(3 * 32 * 32), shape: [1, 3, 32, 32] };

test('a misspelt option is refused, not ignored', async () => {
  using model = await Dinov2Model.fromPretrained(MODEL);
  using classifier = await Dinov2ForImageClassification.fromPretrained(MODEL);
  const normalised: object = { normalise: true };
  const top: object = { topk: 1 };
  await expect(embed(model, pixelValues, normalised)).rejects.toThrow(OptionError);
  await expect(embed(model, pixelValues, normalised)).rejects.toThrow(/among pool, normalize, got normalise/);
  await expect(classify(classifier, pixelValues, top)).rejects.toThrow(/among topK, got topk/);
});
