/**
 * What a PCA of patch features and their colours take beyond the forward pass, on the backend `simd`.
 *
 * Usage: npm run build && node dist/bench/pca.js [--cases small/518/1,base/518/1] [--threads 2] [--rounds 9]
 *
 * A round is a forward pass with random weights, and `fitPca` with `colours` of features whose eigenvalues fall off as those of trained models
 * do, of all alike, which is the hard case, and of those of the forward pass; with and without a foreground. Figures are medians
 * over rounds.
 */
import { parseArgs } from 'node:util';
import { type Tensor4D, tensor } from '@tensorflow/tfjs-core';
import { Dinov2Model, fitPca, type PatchMatrix, setDevice } from '../lib/index.ts';
import { noise } from '../testing/noise.ts';
import { caseName, configOf, parseCases } from './cases.ts';
import { median } from './statistics.ts';
import { digits, plainTable } from './table.ts';

const { values: options } = parseArgs({
  options: {
    cases: { type: 'string', default: 'small/518/1,base/518/1' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '9' },
  },
});
const FOREGROUNDS = ['none', 'auto'] as const;

/** Sums of noise in some directions, deviations of which fall as a power; 0: noise. */
function featuresOf(count: number, dim: number, decay: number): Float32Array {
  const features = noise(count * dim, 2);
  return decay === 0 ? features : features.map((value, i) => value * ((i % dim) + 1) ** -decay);
}

await setDevice('simd', { threads: Number(options.threads) });
const rows: string[][] = [];
for (const testCase of parseCases(options.cases)) {
  const config = configOf(testCase);
  const model = await Dinov2Model.fromConfig(config);
  const side = testCase.image;
  const pixels: Tensor4D = tensor(noise(3 * side * side), [1, 3, side, side]);
  const [patch = 14] = [config.patchSize].flat();
  const grid = { rows: Math.floor(side / patch), columns: Math.floor(side / patch) };
  const count = grid.rows * grid.columns;
  const dim = config.hiddenSize;
  const forward: number[] = [];
  const times = new Map<string, number[]>();
  for (let round = -1; round < Number(options.rounds); round++) {
    const start = performance.now();
    const output = model.forward(pixels);
    const tokens = await output.lastHiddenState.data<'float32'>();
    if (round >= 0) forward.push(performance.now() - start);
    output.dispose();
    const kinds: Readonly<Record<string, Float32Array>> = {
      steep: featuresOf(count, dim, 0.6),
      flat: featuresOf(count, dim, 0),
      'of random weights': tokens.slice(-count * dim),
    };
    for (const [kind, features] of Object.entries(kinds)) {
      const matrix: PatchMatrix = { features, dim, grid };
      for (const foreground of FOREGROUNDS) {
        const begun = performance.now();
        (await fitPca(matrix, { foreground })).colours(matrix);
        const name = `${kind}, foreground ${foreground}`;
        if (round >= 0) times.set(name, [...(times.get(name) ?? []), performance.now() - begun]);
      }
    }
  }
  model.dispose();
  pixels.dispose();
  for (const [name, each] of times) {
    rows.push([
      caseName(testCase),
      name,
      `${count}×${dim}`,
      digits(median(forward)),
      digits(median(each)),
      digits(Math.min(...each)),
      `${((100 * median(each)) / median(forward)).toFixed(1)} %`,
    ]);
  }
}
const head = ['case', 'features', 'size', 'forward ms', 'PCA ms', 'least ms', 'of forward'];
console.info(plainTable({ title: `PCA and colours, ${options.threads} threads`, head, rows }));
