/**
 * Each layer fed with the reference's own input, so that an error shows in the layer that makes it.
 *
 * `hidden_states.0` is what the embeddings give, `hidden_states.{i}` what goes into block i, and the last one what goes
 * into the final norm.
 */
import {
  cast,
  dispose,
  type Tensor,
  type Tensor2D,
  type Tensor3D,
  tensor,
  tensor4d,
} from '@tensorflow/tfjs-core';
import { Dinov2Model } from '../../lib/models/dinov2-model.ts';
import { additiveMask } from '../../lib/models/forward-options.ts';
import { compareValues } from '../../lib/parity/compare.ts';
import type { Reference } from '../../lib/parity/reference.ts';
import { readFloat32 } from '../../lib/tasks/read-tensor.ts';
import { CASES, loadOptions, modelFolder, readCase } from './references.ts';

const ATOL = 2e-5;

/** An input or an output of a reference as a tensor; undefined if it has none of that name. */
function upload({ inputs, expected }: Reference, name: string): Tensor | undefined {
  const found = inputs.get(name) ?? expected.get(name);
  return found && tensor(Float32Array.from(found.values), [...found.shape], 'float32');
}

async function expectEqual(reference: Reference, name: string, actual: Tensor): Promise<void> {
  const expected = reference.expected.get(name);
  expect(actual.shape).toEqual(expected?.shape);
  const row = compareValues(name, await readFloat32(actual), expected?.values ?? [], ATOL);
  expect(row).toMatchObject({ pass: true });
}

const WITH_HIDDEN_STATES = CASES.filter(({ name }) =>
  /^(plain|registers)-(mlp|swiglu)-(square|attention-mask)$/.test(name),
);

/** Defines the tests, for each reference with hidden states, on the backend that is current when they run. */
export function testEveryLayer(): void {
  test.each(WITH_HIDDEN_STATES)('each layer of $name', async (example) => {
    const reference = await readCase(example, 'float32');
    using model = await Dinov2Model.fromPretrained(modelFolder(example), loadOptions(example));
    const { embeddings, encoder, norm } = model.layers;
    const made: Tensor[] = [];
    const own = <T extends Tensor>(one: T): T => {
      made.push(one);
      return one;
    };
    const state = (i: number): Tensor3D => {
      const found = upload(reference, `hidden_states.${i}`);
      if (found === undefined) throw new Error(`${example.name} has no hidden_states.${i}`);
      return own(found) as Tensor3D;
    };

    const pixels = reference.inputs.get('pixel_values');
    const pixelValues = own(
      tensor4d(Float32Array.from(pixels?.values ?? []), [...(pixels?.shape ?? [])] as [
        number,
        number,
        number,
        number,
      ]),
    );
    const masked = upload(reference, 'bool_masked_pos');
    const positions = masked && own(cast(own(masked), 'bool') as Tensor2D);
    const tokens = own(embeddings.forward(pixelValues, positions));
    await expectEqual(reference, 'hidden_states.0', tokens);

    const [B = 1, T = 1] = tokens.shape;
    const attentionMask = upload(reference, 'attention_mask');
    const mask = attentionMask && own(additiveMask('test', own(attentionMask), B, T));
    const blocks = encoder.blocks.length;
    for (const [i, block] of encoder.blocks.entries()) {
      await expectEqual(reference, `hidden_states.${i + 1}`, own(block.forward(state(i), mask)));
      const { output, weights } = block.forwardWithWeights(state(i), mask);
      made.push(output, weights);
      await expectEqual(reference, `hidden_states.${i + 1}`, output);
      await expectEqual(reference, `attentions.${i}`, weights);
    }
    await expectEqual(reference, 'last_hidden_state', own(norm.forward(state(blocks))));
    dispose(made);
  });
}
