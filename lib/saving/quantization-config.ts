/** What a `config.json` says of weights in 8 bits, in the words of compressed-tensors. */
import type { JsonObject } from '../../options/json-object.ts';
import type { Checkpoint } from '../../weights/checkpoint.ts';
import { weightOfScale } from '../../weights/int8-weight.ts';

/**
 * The field `quantization_config`, by which transformers reads such files with compressed-tensors, and without it says that it
 * can't: linear layers have int8 weights with one scale a row, and their inputs are floats.
 *
 * Source: compressed-tensors 0.20.0, `QuantizationConfig`.
 *
 * @param weights the checkpoint beside it
 * @returns empty if it has no weights in 8 bits
 */
export function quantizationConfig({ tensors }: Pick<Checkpoint, 'tensors'>): JsonObject {
  if (![...tensors.keys()].some((name) => weightOfScale(name) !== undefined)) return {};
  const floats = [...tensors].filter(
    ([name, { shape, dtype }]) => name.endsWith('.weight') && shape.length === 2 && dtype !== 'I8',
  );
  const format = 'int-quantized';
  const weights = {
    dynamic: false,
    group_size: null,
    num_bits: 8,
    strategy: 'channel',
    symmetric: true,
    type: 'int',
  };
  const group = { format, input_activations: null, output_activations: null, targets: ['Linear'], weights };
  return {
    quantization_config: {
      config_groups: { group_0: group },
      format,
      // the embedding of patches is a convolution, which is none of its targets
      ignore: floats.map(([name]) => name.slice(0, -'.weight'.length)),
      quant_method: 'compressed-tensors',
      quantization_status: 'compressed',
    },
  };
}
