import { TorchGenerator } from '../../../random/torch-generator.ts';
import { plusPlusCentres } from './plus-plus-centres.ts';
import { rowPassesOver } from './row-passes.ts';

test.each([0, 1, 2, 3, 4, 5, 6, 7])(
  'no patch that is a centre already is drawn again, seed %d',
  async (seed) => {
    const passes = await rowPassesOver('test', { features: Float32Array.of(0, 0, 5, 5, 9, 9), dim: 1 });
    const centres = await plusPlusCentres(passes, 3, new TorchGenerator(seed));
    expect(centres.map(([value]) => value).sort()).toEqual([0, 5, 9]);
  },
);
