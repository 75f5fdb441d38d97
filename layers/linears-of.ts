/** The linear layers that a layer is made of. */
import { Tensor } from '@tensorflow/tfjs-core';
import { Linear } from './linear.ts';

/** Every linear layer among the fields of a layer or a model, and of the layers that it is made of. */
export function linearsOf(layer: object): Linear[] {
  return Object.values(layer).flatMap((field: unknown) => {
    if (field instanceof Linear) return [field];
    const isLayer =
      typeof field === 'object' && field !== null && !(field instanceof Map || field instanceof Tensor);
    return isLayer ? linearsOf(field) : [];
  });
}
