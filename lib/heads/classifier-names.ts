/** What systems call any linear classifier, whatever it reads. */
import type { HeadNames, SchemeRow } from '../../weights/key-schemes/key-scheme.ts';

const called = (theirs: string): SchemeRow[] => [['head.{p}', [theirs]]];

/** `head.weight` [labels, features] and `head.bias` [labels]: heads that have these names are told apart by their `fits`. */
export const CLASSIFIER_NAMES = {
  scope: 'head',
  rows: {
    hf: called('classifier.{p}'),
    hf5: called('classifier.{p}'),
    original: called('head.{p}'),
    timm: called('head.{p}'),
    candle: called('head.{p}'),
  },
} as const satisfies HeadNames;
