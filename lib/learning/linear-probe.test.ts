/** Meta's linear evaluation beside torch's run of it. */
import { setDevice } from '../../backends/devices.ts';
import { missesOf } from '../../testing/close.ts';
import { fitLinearProbe } from './linear-probe.ts';
import { facts, numbersOf, test as others, train } from './testing/learning-fixtures.ts';

beforeAll(() => setDevice('auto'));

test('all 52 heads have the weights and accuracies of torch, and the first of the best is kept', async () => {
  const { accuracies, ...options } = facts.probe;
  const { all, best } = await fitLinearProbe(train, others, options);
  expect(all.map(({ accuracy }) => accuracy)).toEqual(accuracies);
  expect(all.indexOf(best)).toBe(accuracies.indexOf(Math.max(...accuracies)));
  const weights = all.flatMap(({ classifier }) => [...classifier.weight]);
  const biases = all.flatMap(({ classifier }) => [...classifier.bias]);
  expect(missesOf(weights, await numbersOf('heads'), 1e-6)).toEqual([]);
  expect(missesOf(biases, await numbersOf('biases'), 1e-6)).toEqual([]);
  expect(
    all.slice(12, 14).map(({ blocks, averagePool, learningRate }) => [blocks, averagePool, learningRate]),
  ).toEqual([
    [1, false, 0.1],
    [1, true, 1e-5],
  ]);
  expect(all.at(-1)?.classifier.dim).toBe(40);
});

test('with fewer layers, and learning rates of one’s own, there are fewer heads', async () => {
  const one = (from: typeof train): typeof train => ({ ...from, layers: from.layers.slice(-1) });
  const { all } = await fitLinearProbe(one(train), one(others), { learningRates: [0.1, 100], epochs: 1 });
  expect(all).toHaveLength(4);
});

test('of equally good heads the first is kept', async () => {
  const first = {
    ...{ layers: others.layers.map((layer) => layer.slice(0, 8)), patchMean: others.patchMean.slice(0, 8) },
    ...{ dim: 8, labels: others.labels.slice(0, 1) },
  };
  const { all, best } = await fitLinearProbe(train, first, { epochs: 2 });
  const most = Math.max(...all.map(({ accuracy }) => accuracy));
  expect(all.filter(({ accuracy }) => accuracy === most).length).toBeGreaterThan(1);
  expect(all.find(({ accuracy }) => accuracy === most)).toBe(best);
});

test('a head that diverges is not the best', async () => {
  const loud = train.layers.map((layer) => layer.map((value) => value * 1e19));
  const { best, all } = await fitLinearProbe({ ...train, layers: loud }, others, {
    learningRates: [1e30, 1e-30],
    blocks: [1],
    epochs: 1,
  });
  expect(all[0]?.accuracy).toBe(0);
  expect(best.learningRate).toBe(1e-30);
});

test('what can not be trained on is refused', async () => {
  const refuse = async (change: object, message: string, options = {}): Promise<void> =>
    expect(fitLinearProbe({ ...train, ...change }, others, options)).rejects.toThrow(message);
  await refuse({}, 'expected layers of 5 blocks with vectors of one size', { blocks: [5] });
  await refuse({ layers: [] }, 'expected layers of 1 blocks');
  const halves = { dim: 4, layers: train.layers.map((layer) => layer.slice(0, 320)) };
  await refuse(
    { ...halves, patchMean: train.patchMean.slice(0, 320) },
    'with vectors of one size for training and validation, got 4 of 4 and 4 of 8',
  );
  await refuse({ labels: new Int32Array(80) }, 'expected at least two classes, got one');
  await refuse(
    { layers: [train.patchMean.slice(8)] },
    'expected 80 vectors of each block, as of the patches, got 79 in layers[0]',
  );
  await refuse({ numClasses: 5 }, 'expected an image of each of 5 classes, got none of class 4');
  await refuse({}, 'seed must be an integer, got 0.5', { seed: 0.5 });
});
