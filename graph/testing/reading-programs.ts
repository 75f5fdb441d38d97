/** Programs that can't be traced, in a place that the tracer doesn't count as its own. */
import { cumsum, max, print, type Tensor } from '@tensorflow/tfjs-core';

/** Each by what it does with its input. */
export const UNTRACEABLE: Readonly<Record<string, (x: Tensor) => unknown>> = {
  dataSync: (x) => x.dataSync(),
  arraySync: (x) => x.arraySync(),
  'an if on values': (x) => (max(x).dataSync()[0] ?? 0) > 0,
  print: (x) => print(x),
  'its text': (x) => x.toString(),
  'a kernel that graphs have not': (x) => cumsum(x, 1),
};
