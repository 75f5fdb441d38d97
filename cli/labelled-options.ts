/** What verbs that learn from folders have in common. */
import { option } from '../lib/index.ts';

/** Which images are learnt from and which are tested on, and what is printed. */
export const LABELLED_OPTIONS = {
  test: option.text({
    flag: '--test <images>',
    help: 'what to test on, as TRAIN (default: test or val in TRAIN, else a fifth of each class)',
  }),
  seed: option.integer({
    flag: '--seed <n>',
    help: 'of the images that are set aside, and all else that is random (default: 0)',
  }),
};

/** How images are gone through. */
export const PASS_OPTIONS = {
  batchSize: option.positiveInteger({
    default: 8,
    flag: '--batch-size <n>',
    help: 'images computed at once',
  }),
};

/** How results are shown. */
export const RESULT_OPTIONS = {
  confusion: option.text({
    flag: '--confusion <file>',
    help: 'draw which classes are taken for which: .svg with names, or .png',
  }),
  json: option.bool({ flag: '--json', help: 'one JSON object' }),
};

/** What learns from features, and where these are kept. */
export const KEPT_OPTIONS = {
  features: option.text({
    flag: '--features <file>',
    help: 'keep what the model sees of the images in a .safetensors file, and take it from there next time',
  }),
};
