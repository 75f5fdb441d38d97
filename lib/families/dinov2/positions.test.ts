import { SMALL, withSmallModel } from '../../testing/small-model.ts';
import { positionResampling } from './backbone-layers.ts';
import { Dinov2Config } from './dinov2-config.ts';
import { Dinov2Model } from './dinov2-model.ts';

const MODELS = new URL('../../../conformance/fixtures/models/', import.meta.url).pathname;

test('images of as many patches in different grids get positions of their own', () =>
  withSmallModel((model) => {
    const wide = model.layers.embeddings.posEmbed.forward(2, 8, false);
    const tall = model.layers.embeddings.posEmbed.forward(8, 2, false);
    const square = model.layers.embeddings.posEmbed.forward(4, 4, true);
    expect([wide, tall, square].map(({ shape }) => shape)).toEqual(Array(3).fill([1, 17, SMALL.hiddenSize]));
    expect(wide.dataSync()).not.toEqual(tall.dataSync());
    expect(wide.dataSync()).not.toEqual(square.dataSync());
    expect(square).toBe(model.layers.embeddings.posEmbed.table);
  }));

test('positions that would fill the memory are refused', () =>
  withSmallModel((model) => {
    const { posEmbed } = model.layers.embeddings;
    expect(() => posEmbed.forward(25_000_000, 25_000_000, true)).toThrow(
      /^PosEmbed: expected positions of at most 2 GB, got a grid of 25000000×25000000 patches/,
    );
  }));

test('at the trained size every way of resampling positions gives the same tokens', async () => {
  const pixels = {
    data: Float32Array.from({ length: 3 * 24 * 24 }, (_, i) => Math.sin(i)),
    shape: [1, 3, 24, 24] as const,
  };
  const tokens: unknown[] = [];
  for (const positionInterpolation of ['hf', 'original', 'timm'] as const) {
    using model = await Dinov2Model.fromPretrained(`${MODELS}plain-mlp`, { positionInterpolation });
    using output = model.forward(pixels);
    tokens.push(output.lastHiddenState.dataSync());
  }
  expect(tokens[1]).toEqual(tokens[0]);
  expect(tokens[2]).toEqual(tokens[0]);
});

test.each([
  ['dinov2', 0, 'hf', 'bicubic'],
  ['dinov2', 0, 'original', 'bicubic-offset'],
  ['dinov2', 0, 'timm', 'bicubic-antialias'],
  // whatever has registers, or the type that may have them, is resampled as the register models are
  ['dinov2', 4, 'hf', 'bicubic-antialias'],
  ['dinov2', 4, 'original', 'bicubic-antialias'],
  ['dinov2_with_registers', 0, 'hf', 'bicubic-antialias'],
  ['dinov2_with_registers', 4, 'original', 'bicubic-antialias'],
] as const)(
  '%s with %d registers, interpolation %s: %s',
  (modelType, numRegisterTokens, positionInterpolation, expected) => {
    const chosen = new Dinov2Config({ modelType, numRegisterTokens, positionInterpolation });
    expect(positionResampling(chosen)).toBe(expected);
  },
);

test('positions of the grids used last are kept, four at most', () =>
  withSmallModel((model) => {
    const { posEmbed } = model.layers.embeddings;
    const first = posEmbed.forward(1, 2, false);
    for (let width = 3; width <= 5; width++) posEmbed.forward(1, width, false);
    expect(posEmbed.forward(1, 2, false)).toBe(first);
    posEmbed.forward(1, 6, false);
    expect([...posEmbed.kept.keys()]).toEqual(['1×4', '1×5', '1×2', '1×6']);
    expect(posEmbed.forward(1, 2, false)).toBe(first);
  }));
