/** The weights that a layer is made of. */
import { Tensor } from '@tensorflow/tfjs-core';

/** Every tensor among the fields of a layer, and of the layers that it is made of. */
export function parametersOf(layer: object): Tensor[] {
  return Object.values(layer).flatMap((field: unknown) => {
    if (field instanceof Tensor) return [field];
    const isLayer = typeof field === 'object' && field !== null && !(field instanceof Map);
    return isLayer ? parametersOf(field) : [];
  });
}
