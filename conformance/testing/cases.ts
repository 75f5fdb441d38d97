/** What a case of the conformance tests is, wherever its files are read from. */
import type { LoadOptions } from '../../lib/loading/load-model.ts';

/** A reference and the model it is about; `fixtures/index.json` lists all of them. */
export interface Case {
  name: string;
  model: string;
  position_interpolation?: 'hf' | 'original' | 'timm';
}

/** How a case's model is to be loaded. */
export function loadOptions({ position_interpolation }: Case): LoadOptions {
  return position_interpolation === undefined ? {} : { positionInterpolation: position_interpolation };
}

/** Whether a case's reference has what goes into each layer. */
export function hasLayerInputs({ name }: Case): boolean {
  return /^(plain|registers)-(mlp|swiglu)-(square|attention-mask)$/.test(name);
}
