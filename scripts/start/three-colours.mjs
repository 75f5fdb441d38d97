/** The patches of several images in three colours: alike where the model sees something alike. */
import * as tf from '@tensorflow/tfjs-core';

const STEPS = 20;

/**
 * The three directions in which patches differ most (PCA, by iteration of a subspace) become red, green and blue.
 *
 * @param images [N, D] each, the patches after the final norm; borrowed
 * @returns [N, 3] bytes each
 */
export async function threeColours(images) {
  const scaled = tf.tidy(() => {
    const all = tf.concat(images);
    const centred = tf.sub(all, tf.mean(all, 0));
    let axes = tf.randomNormal([centred.shape[1], 3], 0, 1, 'float32', 7);
    for (let step = 0; step < STEPS; step++) {
      [axes] = tf.linalg.qr(tf.matMul(centred, tf.matMul(centred, axes), true));
    }
    const places = tf.matMul(centred, axes);
    const { mean, variance } = tf.moments(places, 0);
    // two deviations on either side of the mean fill the range of a byte
    const spread = tf.mul(tf.sqrt(variance), 4);
    return tf.mul(tf.clipByValue(tf.add(tf.div(tf.sub(places, mean), spread), 0.5), 0, 1), 255);
  });
  const bytes = Uint8Array.from(await scaled.data());
  scaled.dispose();
  let end = 0;
  return images.map(({ shape: [N] }) => {
    end += N * 3;
    return bytes.subarray(end - N * 3, end);
  });
}
