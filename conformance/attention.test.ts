/** Rows of attention, queries, keys and values against transformers', and rollouts against their formula in NumPy. */
import { readFileSync } from 'node:fs';
import { dispose, type Tensor2D, type Tensor4D } from '@tensorflow/tfjs-core';
import { setDevice } from '../backends/devices.ts';
import { Dinov2Model } from '../lib/families/dinov2/dinov2-model.ts';
import { type Reference, readReference } from '../lib/parity/reference.ts';
import { attentionRows } from '../lib/visual/attention/attention-rows.ts';
import type { HeadFusion } from '../lib/visual/attention/rollout.ts';
import { RolloutMatrix } from '../lib/visual/attention/rollout-matrix.ts';
import { RolloutRow } from '../lib/visual/attention/rollout-row.ts';
import { tokensOf } from '../lib/visual/tokens-of.ts';
import { memorySource } from '../sources/byte-source.ts';
import { missesOf } from '../testing/close.ts';
import { openSafetensors } from '../weights/safetensors/open-safetensors.ts';
import { FIXTURES } from './testing/references.ts';

const ATOL = 2e-5;
/** CLS, a register or a patch, and the last patch: the rows of the rollouts that `dump_attention.py` keeps. */
const ROWS = [0, 1, -1];
const ROLLOUTS: readonly [HeadFusion, number][] = [
  ['mean', 0],
  ['mean', 0.9],
  ['min', 0.5],
  ['max', 0.35],
];

const bytes = new Uint8Array(readFileSync(`${FIXTURES}attention.safetensors`));
const fixture = await openSafetensors(memorySource(bytes), 'attention');

async function numbersOf(name: string): Promise<Float32Array> {
  return new Float32Array(new Uint8Array(await fixture.read(name)).buffer);
}

/** The first of the images of a reference, which has two. */
function firstImage({ inputs }: Reference) {
  const { values, shape } = inputs.get('pixel_values') ?? { values: new Float32Array(), shape: [] };
  const [, C = 0, H = 0, W = 0] = shape;
  return { data: Float32Array.from(values.subarray(0, C * H * W)), shape: [1, C, H, W] as const };
}

describe.each(['cpu', 'simd'] as const)('on %s', (device) => {
  beforeAll(() => setDevice(device));

  describe.each(['plain-mlp', 'registers-mlp', 'plain-swiglu'])('%s', (name) => {
    let model: Dinov2Model;
    let reference: Reference;

    beforeAll(async () => {
      model = await Dinov2Model.fromPretrained(`${FIXTURES}models/${name}`);
      reference = await readReference(`${FIXTURES}references/${name}-square.safetensors`);
    });

    afterAll(() => model.dispose());

    /** Runs the first image past a visitor of every layer. */
    const visitEach = (visit: (layer: number, query: Tensor4D, key: Tensor4D) => void): void => {
      const attentionVisitor = {
        layers: [0, 1],
        visit: (layer: number, { query, key }: { query: Tensor4D; key: Tensor4D }) =>
          visit(layer, query, key),
      };
      model.forward(firstImage(reference), { attentionVisitor }).dispose();
    };

    test('rows of every layer, head and token', () => {
      visitEach((layer, query, key) => {
        const [, A, T] = query.shape;
        const tokens = Array.from({ length: T }, (_, token) => token);
        const expected = reference.expected.get(`attentions.${layer}`)?.values.subarray(0, A * T * T);
        const rows = attentionRows(query, key, tokens);
        expect(rows.shape).toEqual([1, A, T, T]);
        expect(missesOf(rows.dataSync(), expected ?? [], ATOL)).toEqual([]);
        // rows don't depend on what else is asked for
        const some = attentionRows(query, key, [T - 1, 0]).dataSync();
        expect(missesOf(some.subarray(T, 2 * T), rows.dataSync().subarray(0, T), 1e-6)).toEqual([]);
      });
    });

    test.each(['query', 'key', 'value'] as const)('the %s of each token as a feature', async (facet) => {
      const kept = (layer: number): string => `${name}.blocks.${layer - 1}.${facet}`;
      const layers = [1, 2].filter((layer) => fixture.tensors.has(kept(layer)));
      expect(layers).toContain(2);
      for (const layer of layers) {
        const { values } = await tokensOf(model, firstImage(reference), {
          layer,
          facet,
          applyLayernorm: true,
        });
        expect(missesOf(values, await numbersOf(kept(layer)), ATOL)).toEqual([]);
      }
    });

    test.each([RolloutMatrix, RolloutRow])(
      'rollouts by %p, every fusion of heads, with and without discarded weights',
      async (Rollout) => {
        const rollouts = ROLLOUTS.map(([headFusion, discardRatio]) => ({
          rollout: new Rollout({ headFusion, discardRatio }),
          expected: `${name}.rollout.${headFusion}.${discardRatio}`,
        }));
        let T = 0;
        visitEach((_layer, query, key) => {
          T = query.shape[2];
          for (const { rollout } of rollouts) rollout.add(query, key);
        });
        for (const { rollout, expected } of rollouts) {
          const rows: Tensor2D[] = ROWS.map((row) => rollout.row(row < 0 ? row + T : row));
          const values = rows.flatMap((row) => [...row.dataSync()]);
          expect(missesOf(values, await numbersOf(expected), ATOL)).toEqual([]);
          dispose(rows);
          rollout.dispose();
        }
      },
    );
  });
});
