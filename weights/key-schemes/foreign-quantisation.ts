/** Weights that other programs quantised, in forms that are not read. */
import { FormatError } from '../../errors/errors.ts';
import { QUANTISE_AGAIN } from '../int8-weight.ts';
import type { PlainTensors } from './key-scheme.ts';
import type { Places } from './places.ts';

/** What stands behind the name of a layer, and what put it there. */
const FORMS: readonly (readonly [ending: RegExp, form: string])[] = [
  [/\.weight_packed$/, 'weights that compressed-tensors packed (pack-quantized and others)'],
  [/\.weight_zero_point$/, 'asymmetric weights of compressed-tensors'],
  [/\.weight_(g_idx|global_scale)$/, 'weights of compressed-tensors in groups'],
  [/\.(input|output)_(scale|zero_point)$/, 'layers of compressed-tensors whose activations are quantised'],
  [/\.weight_scale_inv$/, 'FP8 weights in blocks'],
  [/\.SCB$/, '8-bit weights of bitsandbytes'],
  [/\.weight\.(absmax|quant_map|nested_absmax|quant_state\..*)$/, '4-bit weights of bitsandbytes'],
  [/\.(qweight|qzeros)$/, 'weights of GPTQ or AWQ'],
  [/\.weight\._(data|scale)$/, 'weights of Quanto'],
  [/\.(weight_quantized|_packed_params\._packed_params)$/, 'weights that PyTorch quantised'],
];

/**
 * Refuses what other programs made of a model's weights.
 *
 * @param tensors by their plain names
 * @throws FormatError naming the program, a tensor, and what to do
 */
export function requireNoneForeign(tensors: PlainTensors, places: Places, where: string): void {
  for (const [name, info] of tensors) {
    const [ending, form] = FORMS.find(([pattern]) => pattern.test(name)) ?? [];
    if (ending === undefined || places.of(name.replace(ending, '.weight')) === undefined) continue;
    throw new FormatError(
      `${where}: expected weights in floats, or in int8 with one scale a row, got ${form} (${info.name}); ${QUANTISE_AGAIN}`,
    );
  }
}
