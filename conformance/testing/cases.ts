/** What a case of the conformance tests is, wherever its files are read from. */
import type { ClassifierLoadOptions } from '../../lib/families/dinov2/load-options.ts';
import type { ModelSource } from '../../sources/model-source.ts';

/** A reference and the model it is about; `fixtures/index.json` lists all of them. */
export interface Case {
  name: string;
  model: string;
  position_interpolation?: 'hf' | 'original' | 'timm';
  /** a file beside the model's that has its head */
  head?: string;
}

/**
 * How a case's model is to be loaded.
 *
 * @param beside where a file in the folder of the case's model is
 */
export function loadOptions(
  { position_interpolation, head }: Case,
  beside: (file: string) => ModelSource,
): ClassifierLoadOptions {
  return {
    ...(position_interpolation && { positionInterpolation: position_interpolation }),
    ...(head && { head: beside(head) }),
  };
}

/** Whether a case's reference has what goes into each layer. */
export function hasLayerInputs({ name }: Case): boolean {
  return /^(plain|registers)-(mlp|swiglu)-(square|attention-mask)$/.test(name);
}
