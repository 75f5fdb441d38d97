/** Heads in files of their own: written, and read with their labels. */
import { setDevice } from '../../backends/devices.ts';
import { encodeSafetensors } from '../../weights/write/encode-safetensors.ts';
import { classifierToModel } from '../families/dinov2/classifier-to-model.ts';
import { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { Dinov2Model } from '../families/dinov2/dinov2-model.ts';
import { SMALL, waves } from '../testing/small-model.ts';
import { headFile } from './head-file.ts';
import { pretrainedFiles } from './save-pretrained.ts';

const LABELS = ['cat', 'dog', 'älter'];
const PIXELS = waves([1, 3, 16, 16]);

let backbone: Dinov2Model;
let source: Record<string, Uint8Array>;
beforeAll(async () => {
  await setDevice('simd', { threads: 1 });
  backbone = await Dinov2Model.fromConfig(SMALL, { seed: 1 });
  source = await pretrainedFiles(backbone);
});
afterAll(() => backbone.dispose());

test.each([1, 2])(
  'a head over %d blocks is loaded again with its labels and the same bits',
  async (blocks) => {
    const dim = blocks * SMALL.hiddenSize;
    const weight = Float64Array.from({ length: 3 * dim }, (_, i) => Math.sin(i));
    const classifier = { weight, bias: [1, 2, 3], numClasses: 3, dim };
    using model = await classifierToModel(backbone, classifier, { labels: LABELS, blocks });
    const head = { 'head.safetensors': await headFile(model) };
    using again = await Dinov2ForImageClassification.fromPretrained(source, { head });
    expect(Object.values(again.config.id2label)).toEqual(LABELS);
    expect(again.config.numClassifierLayers).toBe(blocks);
    using expected = model.forward(PIXELS);
    using found = again.forward(PIXELS);
    expect(found.logits.dataSync()).toEqual(expected.logits.dataSync());
    using renamed = await Dinov2ForImageClassification.fromPretrained(source, {
      head,
      labels: ['a', 'b', 'c'],
    });
    expect(Object.values(renamed.config.id2label)).toEqual(['a', 'b', 'c']);
  },
);

test.each(['no list', '["one"]', '{"0": "cat"}'])(
  'labels that are not the head’s are passed over: %s',
  async (labels) => {
    const head = encodeSafetensors(
      {
        weight: { data: new Float32Array(3 * 32), shape: [3, 32] },
        bias: { data: new Float32Array(3), shape: [3] },
      },
      { labels },
    );
    using model = await Dinov2ForImageClassification.fromPretrained(source, {
      head: { 'head.safetensors': head },
    });
    expect(Object.values(model.config.id2label)).toEqual(['LABEL_0', 'LABEL_1', 'LABEL_2']);
  },
);

test('what has no head, or is gone, is refused', async () => {
  await expect(headFile(backbone as never)).rejects.toThrow(
    /headFile: expected a classifier with a head, got Dinov2Model; classifierToModel/,
  );
  await expect(headFile({} as never)).rejects.toThrow(/got \{\}/);
  const gone = await Dinov2ForImageClassification.fromConfig(SMALL.with({ numLabels: 2 }));
  gone.dispose();
  await expect(headFile(gone)).rejects.toThrow(/got one after dispose\(\)/);
});
