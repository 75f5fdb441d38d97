/** What the library computes of some images, for the page that `npm start` makes. */
import * as tf from '@tensorflow/tfjs-core';
import {
  AutoImageProcessor,
  AutoModel,
  AutoModelForImageClassification,
  BitImageProcessor,
  classify,
  DINOV2_PROCESSOR,
  inspect,
  readFloat32,
} from 'dinov2-tfjs';
import { threeColours } from './three-colours.mjs';

/** pixels of the side of an image on the page */
const SIDE = 160;

/**
 * @param source of the model, as `fromPretrained` takes it
 * @param files paths of the images
 * @returns what is known of the model, and of each image, in plain numbers
 */
export async function resultsOf(source, files) {
  const { architecture, labels } = await inspect(source);
  const processor = await AutoImageProcessor.fromPretrained(source, { whenAbsent: () => DINOV2_PROCESSOR });
  const prepared = [];
  for (const file of files) prepared.push((await processor.preprocess(file)).pixelValues);
  const model = await (labels ? AutoModelForImageClassification : AutoModel).fromPretrained(source);
  const labelsOf = labels ? await classified(model, prepared) : [];
  const inside = await lookedInside(model, prepared);
  model.dispose();
  const shown = await shownImages(processor, files);
  const near = nearest(inside.map(({ embedding }) => embedding));
  const images = files.map((file, i) => ({
    file,
    pixels: shown[i],
    labels: labelsOf[i],
    near: near[i],
    ...inside[i],
  }));
  return { source, architecture, images };
}

/** The labels of each image, best first. */
async function classified(classifier, prepared) {
  const all = [];
  for (const pixelValues of prepared) all.push(...(await classify(classifier, pixelValues, { topK: 3 })));
  return all;
}

/** The embedding of each image, where its CLS token looks in the last block, and its patches in three colours. */
async function lookedInside(model, prepared) {
  const { numRegisterTokens, patchSize } = model.config;
  const [patchHeight, patchWidth = patchHeight] = [patchSize].flat();
  const before = 1 + numRegisterTokens;
  const inside = [];
  const tokens = [];
  for (const pixelValues of prepared) {
    const output = model.forward(pixelValues, { outputHiddenStates: [-1], outputAttentions: true });
    const [, , height, width] = pixelValues.shape;
    const last = output.attentions.at(-1);
    const [, heads, T] = last.shape;
    const weights = await readFloat32(last);
    // [T, D] after the final norm, which a classifier keeps to itself
    const states = tf.tidy(() => tf.squeeze(model.layers.norm.forward(output.hiddenStates.at(-1)), [0]));
    const embedding = tf.tidy(() => tf.slice(states, [0, 0], [1, -1]));
    inside.push({
      embedding: await readFloat32(embedding),
      grid: { height: Math.floor(height / patchHeight), width: Math.floor(width / patchWidth) },
      heads: Array.from({ length: heads }, (_, head) =>
        weights.subarray(head * T * T + before, head * T * T + T),
      ),
    });
    tokens.push(tf.tidy(() => tf.slice(states, [before, 0])));
    tf.dispose([states, embedding]);
    output.dispose();
  }
  const colours = await threeColours(tokens);
  for (const each of tokens) each.dispose();
  return inside.map((each, i) => ({ ...each, colours: colours[i] }));
}

/** The part of each image that the model sees, in more pixels or fewer. */
async function shownImages({ config, backend }, files) {
  const scale = SIDE / config.cropSize.height;
  const scaled = (sizes) =>
    Object.fromEntries(
      Object.entries(sizes).map(([name, size]) => [
        name,
        typeof size === 'number' ? Math.round(size * scale) : size,
      ]),
    );
  const { size, cropSize } = config;
  const larger = new BitImageProcessor(
    { ...config, size: scaled(size), cropSize: scaled(cropSize) },
    backend,
  );
  const all = [];
  for (const file of files) all.push((await larger.resizeAndCrop(file)).pixels);
  return all;
}

/** For each vector the others by their cosine, nearest first. */
function nearest(vectors) {
  const units = vectors.map((vector) => {
    const length = Math.hypot(...vector);
    return vector.map((value) => value / length);
  });
  const cosine = (a, b) => a.reduce((sum, value, i) => sum + value * b[i], 0);
  return units.map((own, i) =>
    units
      .map((other, index) => ({ index, cosine: cosine(own, other) }))
      .filter(({ index }) => index !== i)
      .sort((a, b) => b.cosine - a.cosine),
  );
}
