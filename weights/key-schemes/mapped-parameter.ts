/** A weight of a model, and where its values stand in a file. */
import type { TensorInfo } from '../checkpoint.ts';

/** A tensor of the file, or zeros that the file leaves out. */
export type ParameterPart = { readonly tensor: TensorInfo } | { readonly zeros: number };

/** One of our weights and where its values stand; the parts follow one another in memory. */
export interface MappedParameter {
  readonly shape: readonly number[];
  readonly parts: readonly ParameterPart[];
}
