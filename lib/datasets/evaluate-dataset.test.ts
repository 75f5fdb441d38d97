/** A classifier beside the labels of datasets of each kind. */
import { fileURLToPath } from 'node:url';
import { setDevice } from '../../backends/devices.ts';
import { BitImageProcessor } from '../../images/image-processor.ts';
import { classifierToModel } from '../families/dinov2/classifier-to-model.ts';
import { Dinov2ForImageClassification } from '../families/dinov2/dinov2-for-image-classification.ts';
import { datasetOf, type WrittenItem } from './dataset.ts';
import { evaluateDataset } from './evaluate-dataset.ts';

const DIGITS = fileURLToPath(new URL('../../models/digits', import.meta.url));
const IMAGES = fileURLToPath(new URL('../../examples/pictures/digits', import.meta.url));
const NAMES = ['zero', 'one', 'two', 'three', 'four', 'five', 'six', 'seven', 'eight', 'nine'];

let model: Dinov2ForImageClassification;
let processor: BitImageProcessor;
beforeAll(async () => {
  await setDevice('simd', { threads: 1 });
  model = await Dinov2ForImageClassification.fromPretrained(DIGITS);
  processor = await BitImageProcessor.fromPretrained(DIGITS);
});
afterAll(() => model.dispose());

function labelled(label: (name: string, id: number) => WrittenItem['label'], names = NAMES): WrittenItem[] {
  return names.map((name) => ({
    name,
    image: `${IMAGES}/${name}.png`,
    label: label(name, NAMES.indexOf(name)),
  }));
}

test('classes are found by their names, in whichever order, and wrong ones are counted', async () => {
  const items = labelled((name) => (name === 'two' ? 'three' : name), ['nine', 'two', 'one']);
  const gone = { name: 'gone', image: `${IMAGES}/gone.png`, label: 'one' };
  const told: string[] = [];
  const { images, failed, classification } = await evaluateDataset(model, datasetOf([...items, gone]), {
    processor,
    batchSize: 2,
    onError: (_, name) => told.push(name),
  });
  expect({ images, failed: failed.map(({ name }) => name), told }).toEqual({
    images: 3,
    failed: ['gone'],
    told: ['gone'],
  });
  expect(classification?.accuracy).toBeCloseTo(2 / 3);
  expect(classification?.confusion[3]?.[2]).toBe(1);
  expect(classification?.confusion[9]?.[9]).toBe(1);
});

test('images whose label does not count are left out, and a label that is no class is refused', async () => {
  const { items, ...dataset } = datasetOf(labelled((name) => name, ['one', 'two', 'three']));
  const withFirst = (label: number) => {
    const [first, ...others] = items;
    return { ...dataset, items: first ? [{ ...first, label }, ...others] : [] };
  };
  const { images, classification } = await evaluateDataset(model, withFirst(-100), { processor });
  expect(images).toBe(3);
  expect(classification?.perClass.map(({ support }) => support)).toEqual([0, 0, 1, 1, 0, 0, 0, 0, 0, 0]);
  await expect(evaluateDataset(model, withFirst(3), { processor })).rejects.toThrow(
    /one: expected a label from 0 to 2, or -100 for none, got 3/,
  );
});

test('several labels are those with logits above 0', async () => {
  const items = labelled((name) => (name === 'zero' ? [] : name === 'one' ? ['one', 'two'] : [name]));
  const { multiLabel } = await evaluateDataset(model, datasetOf(items, { classes: NAMES }), { processor });
  const scores = await Promise.all(
    NAMES.map(async (name) => {
      using output = model.forward((await processor.preprocess(`${IMAGES}/${name}.png`)).pixelValues);
      return output.logits.arraySync()[0] ?? [];
    }),
  );
  const said = scores.flatMap((row, image) => row.flatMap((score, id) => (score > 0 ? [[image, id]] : [])));
  const isRight = ([image = 0, id = 0]: number[]) => (image === id && id > 0) || (image === 1 && id === 2);
  expect(multiLabel?.microF1).toBeCloseTo((2 * said.filter(isRight).length) / (said.length + 10));
});

test('a regression has its error', async () => {
  const weight = new Float64Array(96);
  const bias = new Float64Array([4.5]);
  using constant = await classifierToModel(model, { weight, bias, numClasses: 1, dim: 96 });
  const { regression } = await evaluateDataset(constant, datasetOf(labelled((_, id) => id)), { processor });
  expect(regression).toEqual({ meanSquaredError: 8.25, r2: 0 });
});

test('what does not fit is refused', async () => {
  const cats = datasetOf(labelled((name) => (name === 'one' ? 'cat' : name)));
  await expect(evaluateDataset(model, cats, { processor })).rejects.toThrow(
    /expected the classes cat, .* among the 10 labels of the model, got zero, one, /,
  );
  const numbers = datasetOf(labelled((_, id) => id));
  await expect(evaluateDataset(model, numbers, { processor })).rejects.toThrow(
    /expected a model for a regression with outputs: 1, got 10/,
  );
  await expect(evaluateDataset(model, numbers)).rejects.toThrow(/expected a processor/);
  const none = datasetOf([
    { name: 'a', image: 'gone.png', label: 'one' },
    { name: 'b', image: 'gone.png', label: 'two' },
  ]);
  await expect(evaluateDataset(model, none, { processor })).rejects.toThrow(/got none of 2/);
});
