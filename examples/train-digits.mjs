/**
 * Trains on handwritten digits, first a head on the bundled model and then a small model from random weights.
 *
 * Usage: node examples/train-digits.mjs [FOLDER]      (seconds, and some minutes; in a clone, after `npm ci`)
 *
 * FOLDER has `train` and `test` with a folder for each class; the 200 digits that come with the package otherwise, of which a model that
 * begins with random weights learns little.
 */
import { fileURLToPath } from 'node:url';
import {
  BitImageProcessor,
  Dinov2Config,
  Dinov2ForImageClassification,
  evaluateDataset,
  imageFolder,
  setDevice,
  train,
} from 'dinov2-tfjs';

const inPackage = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const [folder = inPackage('examples/pictures/digit-classes'), seed = '0', epochs = '30'] =
  process.argv.slice(2);

await setDevice('simd');
const digits = await imageFolder(folder, { problemType: 'single_label_classification' });
const processor = await BitImageProcessor.fromPretrained(inPackage('models/digits'));

async function learn(what, model, options) {
  const begun = performance.now();
  const { steps } = await train(model, digits.train, { processor, seed: Number(seed), ...options });
  const seconds = (performance.now() - begun) / 1000;
  const { classification } = await evaluateDataset(model, digits.test, { processor, batchSize: 64 });
  const accuracy = (100 * classification.accuracy).toFixed(2);
  console.log(
    `${what}: ${steps.length} steps in ${seconds.toFixed(1)} s, accuracy ${accuracy} % on ${digits.test.items.length} others`,
  );
  model.dispose();
}

const headed = await Dinov2ForImageClassification.fromPretrained(inPackage('models/digits'), {
  newHead: true,
  labels: digits.train.classes,
});
await learn('a new head', headed, { epochs: 10, learningRate: 0.01 });

// as models/train_digits.py makes the bundled model
const config = new Dinov2Config({
  ...{
    hiddenSize: 96,
    numHiddenLayers: 4,
    numAttentionHeads: 3,
    imageSize: 32,
    patchSize: 4,
    layerscaleValue: 0.5,
  },
  id2label: Object.fromEntries(digits.train.classes.entries()),
});
const small = await Dinov2ForImageClassification.fromConfig(config, { seed: Number(seed) });
await learn('a small model', small, {
  ...{ trainable: 'all', epochs: Number(epochs), batchSize: 64, learningRate: 0.002, weightDecay: 0.05 },
  ...{ schedule: 'cosine', warmup: 0.15 },
});
