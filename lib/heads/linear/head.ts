/** The linear classifier of [CLS of the last n layers, mean of the patches] as a head of the list. */
import { CLASSIFIER_NAMES } from '../classifier-names.ts';
import type { Head } from '../head.ts';
import { foreignHead, foreignHeadRemedy, isWidth } from './foreign-head.ts';
import { joinHead } from './join-head.ts';

/** `head.weight` [labels, (n + 1)·D] and `head.bias` [labels]. */
export const LINEAR_HEAD: Head = {
  ...CLASSIFIER_NAMES,
  // the original code's classifiers have `backbone.` and `linear_head.`
  spellings: [[/^linear_head\./, 'head.']],
  prefixes: { original: 'linear_' },
  lostIn: { timm: 'timm has no classifier on CLS and the mean of the patches' },
  fits: (tensors, width) => isWidth(tensors.get('head.weight')?.shape.at(-1) ?? 0, width),
  foreign: foreignHead,
  remedy: foreignHeadRemedy,
  infer(tensors, width) {
    const [numLabels, features = 0] = tensors.get('head.weight')?.shape ?? [];
    if (numLabels === undefined) return {};
    // of any other width it is no head of these models, which is reported with everything else that does not fit
    return { numLabels, ...(isWidth(features, width) && { numClassifierLayers: features / width - 1 }) };
  },
  isFile: ({ tensors }, width) =>
    tensors.size === 2 && [...tensors.values()].some(({ shape }) => isWidth(shape[1] ?? 0, width)),
  join: joinHead,
};
