/**
 * Weights that Python and TypeScript make alike, bit for bit, from names alone: `python/seeded_weights.py` is the twin.
 *
 * Value i of a tensor is a hash of i and of the tensor's name, as a number in [−1, 1) with 24 bits, scaled by what
 * the tensor is for. Every step is exact in 32-bit integers or rounds once to float32.
 */

import type { Dinov2Config } from '../lib/families/dinov2/dinov2-config.ts';
import { hashName } from '../lib/loading/random-weights.ts';
import { bothAxes } from '../lib/model/model-config.ts';
import { elementCount } from '../shapes/element-count.ts';
import { mix } from '../testing/noise.ts';

/** A tensor to be made: the name transformers gives it in files, and its shape. */
export interface SeededTensor {
  name: string;
  shape: number[];
}

const f32 = Math.fround;

/** What a tensor's numbers in [−1, 1) are multiplied by and added to. */
function scaleOf({ name, shape }: SeededTensor): { offset: number; scale: number } {
  if (name.endsWith('lambda1')) return { offset: 0.3, scale: 0.2 };
  if (/norm.*weight$/.test(name)) return { offset: 1, scale: 0.2 };
  if (name.endsWith('bias')) return { offset: 0, scale: 0.1 };
  if (/token|position/.test(name)) return { offset: 0, scale: 0.5 };
  const fanIn = elementCount(shape.slice(1));
  return { offset: 0, scale: Math.sqrt(3 / fanIn) };
}

/** The values of a tensor, row-major. */
export function seededValues(tensor: SeededTensor): Float32Array {
  const { offset, scale } = scaleOf(tensor);
  const [shift, factor] = [f32(offset), f32(scale)];
  const key = hashName(tensor.name);
  const values = new Float32Array(elementCount(tensor.shape));
  for (let i = 0; i < values.length; i++) {
    const uniform = (mix(i, key) >>> 8) * 2 ** -23 - 1;
    values[i] = f32(shift + f32(factor * uniform));
  }
  return values;
}

/** Every tensor of a model without a head, in the names and shapes of transformers' files. */
export function tensorsOf(config: Dinov2Config): SeededTensor[] {
  const { hiddenSize: D, numChannels, ffnHiddenSize: F } = config;
  const [h, w] = config.positionGrid;
  const tensors: SeededTensor[] = [
    { name: 'embeddings.cls_token', shape: [1, 1, D] },
    { name: 'embeddings.mask_token', shape: [1, D] },
    { name: 'embeddings.position_embeddings', shape: [1, 1 + h * w, D] },
    {
      name: 'embeddings.patch_embeddings.projection.weight',
      shape: [D, numChannels, ...bothAxes(config.patchSize)],
    },
    { name: 'embeddings.patch_embeddings.projection.bias', shape: [D] },
  ];
  if (config.numRegisterTokens > 0) {
    tensors.push({ name: 'embeddings.register_tokens', shape: [1, config.numRegisterTokens, D] });
  }
  const linear = (name: string, outputs: number, inputs: number): void => {
    tensors.push(
      { name: `${name}.weight`, shape: [outputs, inputs] },
      { name: `${name}.bias`, shape: [outputs] },
    );
  };
  const norm = (name: string): void => {
    tensors.push({ name: `${name}.weight`, shape: [D] }, { name: `${name}.bias`, shape: [D] });
  };
  for (let i = 0; i < config.numHiddenLayers; i++) {
    const layer = `encoder.layer.${i}`;
    norm(`${layer}.norm1`);
    for (const part of ['query', 'key', 'value']) linear(`${layer}.attention.attention.${part}`, D, D);
    linear(`${layer}.attention.output.dense`, D, D);
    tensors.push({ name: `${layer}.layer_scale1.lambda1`, shape: [D] });
    norm(`${layer}.norm2`);
    if (config.useSwigluFfn) {
      linear(`${layer}.mlp.weights_in`, 2 * F, D);
      linear(`${layer}.mlp.weights_out`, D, F);
    } else {
      linear(`${layer}.mlp.fc1`, F, D);
      linear(`${layer}.mlp.fc2`, D, F);
    }
    tensors.push({ name: `${layer}.layer_scale2.lambda1`, shape: [D] });
  }
  norm('layernorm');
  return tensors;
}
