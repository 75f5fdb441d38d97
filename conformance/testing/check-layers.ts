/**
 * Each layer fed with the reference's own input, so that an error shows in the layer that makes it.
 *
 * `hidden_states.0` is what the embeddings give, `hidden_states.{i}` what goes into block i, and the last one what goes
 * into the final norm.
 */
import {
  cast,
  dispose,
  keep,
  matMul,
  mul,
  softmax,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tensor,
} from '@tensorflow/tfjs-core';
import type { AttentionVisitor } from '../../layers/attention-visitor.ts';
import { Dinov2Model } from '../../lib/families/dinov2/dinov2-model.ts';
import type { LoadOptions } from '../../lib/families/dinov2/load-options.ts';
import { additiveMask, type MaskedForwardOptions } from '../../lib/model/forward-options.ts';
import { compareValues } from '../../lib/parity/compare.ts';
import type { Reference } from '../../lib/parity/reference.ts';
import { readFloat32 } from '../../lib/tasks/read-tensor.ts';
import type { ModelSource } from '../../sources/model-source.ts';
import { ATOL, type Miss } from './check-model.ts';

/** A reference's tensors as inputs of layers; all are freed together. */
class Inputs {
  readonly made: Tensor[] = [];
  private readonly reference: Reference;

  constructor(reference: Reference) {
    this.reference = reference;
  }

  own<T extends Tensor>(one: T): T {
    this.made.push(one);
    return one;
  }

  /** An input or an output of the reference; undefined if it has none of that name. */
  optional(name: string): Tensor | undefined {
    const { inputs, expected } = this.reference;
    const found = inputs.get(name) ?? expected.get(name);
    return found && this.own(tensor(Float32Array.from(found.values), [...found.shape], 'float32'));
  }

  required(name: string): Tensor {
    const found = this.optional(name);
    if (found === undefined) throw new Error(`${this.reference.where} has no ${name}`);
    return found;
  }
}

/**
 * @param source a model of the class Dinov2Model
 * @param reference has all hidden states and attentions
 * @returns the outputs of layers that miss the bar of `checkModel`; none if all is well
 */
export async function checkLayers(
  source: ModelSource,
  reference: Reference,
  options: LoadOptions = {},
): Promise<Miss[]> {
  const misses: Miss[] = [];
  const compare = async (layer: string, name: string, actual: Tensor): Promise<void> => {
    const expected = reference.expected.get(name);
    const sameShape = String(actual.shape) === String(expected?.shape);
    const row = compareValues(name, await readFloat32(actual), expected?.values ?? [], ATOL);
    const bound = ATOL * Math.max(1, row.maxReference);
    if (!sameShape || !row.pass) misses.push({ output: `${name} of ${layer}`, maxAbs: row.maxAbs, bound });
  };
  const model = await Dinov2Model.fromPretrained(source, options);
  const inputs = new Inputs(reference);
  try {
    const { embeddings, encoder, norm } = model.layers;
    const masked = inputs.optional('bool_masked_pos');
    const positions = masked && inputs.own(cast(masked, 'bool') as Tensor2D);
    const tokens = inputs.own(embeddings.forward(inputs.required('pixel_values') as Tensor4D, positions));
    await compare('embeddings', 'hidden_states.0', tokens);

    const [B, T] = tokens.shape;
    const attentionMask = inputs.optional('attention_mask');
    const mask = attentionMask && inputs.own(additiveMask('test', attentionMask, B, T));
    for (const [i, block] of encoder.blocks.entries()) {
      const x = inputs.required(`hidden_states.${i}`) as Tensor3D;
      await compare(`block ${i}`, `hidden_states.${i + 1}`, inputs.own(block.forward(x, { mask })));
      const attention: Tensor4D[] = [];
      const output = inputs.own(block.forward(x, { mask, taps: { attention } }));
      await compare(`block ${i} with weights`, `hidden_states.${i + 1}`, output);
      await compare(`block ${i} with weights`, `attentions.${i}`, inputs.own(attention[0]!));
    }
    if (mask === undefined) {
      const pixels = inputs.required('pixel_values') as Tensor4D;
      const visited = await visitedWeights(model, pixels, positions && { boolMaskedPos: positions });
      for (const [i, weights] of visited.entries()) {
        await compare(`block ${i}, which is visited,`, `attentions.${i}`, inputs.own(weights));
      }
    }
    const last = inputs.required(`hidden_states.${encoder.blocks.length}`) as Tensor3D;
    await compare('norm', 'last_hidden_state', inputs.own(norm.forward(last)));
    return misses;
  } finally {
    dispose(inputs.made);
    model.dispose();
  }
}

/**
 * The weights of every block, computed of the queries and keys that a visitor sees.
 *
 * @returns [B, A, T, T] each, owned by the caller
 * @throws Error if the visitor changes a bit of what the model gives
 */
async function visitedWeights(
  model: Dinov2Model,
  pixels: Tensor4D,
  options: MaskedForwardOptions = {},
): Promise<Tensor[]> {
  const weights: Tensor[] = [];
  const attentionVisitor: AttentionVisitor = {
    layers: model.layers.encoder.blocks.map((_, i) => i),
    visit: (_layer, { query, key }) =>
      weights.push(keep(softmax(mul(matMul(query, key, false, true), query.shape[3] ** -0.5)))),
  };
  // without `using`, which the page that runs this does not know
  const visited = model.forward(pixels, { ...options, attentionVisitor });
  const plain = model.forward(pixels, options);
  try {
    const values = await readFloat32(plain.lastHiddenState);
    const same = (await readFloat32(visited.lastHiddenState)).every((value, i) => value === values[i]);
    if (!same) throw new Error('expected a visitor to change nothing');
  } finally {
    visited.dispose();
    plain.dispose();
  }
  return weights;
}
