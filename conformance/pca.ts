/**
 * Compares `fitPca` with scikit-learn's `PCA(svd_solver='full')` on 20 sets of features, as wide and as many as models have, with eigenvalues
 * that fall off and ones that hardly do.
 *
 * Usage: npm run build && node dist/conformance/pca.js [--python python3] [--keep FOLDER]
 *
 * Python, with scikit-learn and safetensors, takes some minutes and 500 MB for the features and what it makes of them; `--keep` names a
 * folder that keeps them. Fails if a difference is above 1e-5 of the largest value.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { fitPca } from '../lib/index.ts';
import { ROOT } from '../peers/root.ts';
import { memorySource } from '../sources/byte-source.ts';
import { relativeDifference } from '../testing/close.ts';
import { openSafetensors } from '../weights/safetensors/open-safetensors.ts';

const BAR = 1e-5;
const { values: options } = parseArgs({
  options: { python: { type: 'string', default: 'python3' }, keep: { type: 'string' } },
});
const folder = options.keep ?? mkdtempSync(join(tmpdir(), 'pca-'));
mkdirSync(folder, { recursive: true });
if (readdirSync(folder).length === 0) {
  const program = join(ROOT, 'conformance', 'python', 'dump_pca.py');
  const { status } = spawnSync(options.python, [program, '--sizes', folder], { stdio: 'inherit' });
  if (status !== 0) throw new Error(`${options.python} ${program} failed`);
}
let worst = 0;
for (const name of readdirSync(folder).sort()) {
  const file = await openSafetensors(memorySource(new Uint8Array(readFileSync(join(folder, name)))), name);
  const read = async (tensor: string): Promise<ArrayBuffer> => new Uint8Array(await file.read(tensor)).buffer;
  const matrix = {
    features: new Float32Array(await read('features')),
    dim: file.tensors.get('features')?.shape[1] ?? 0,
  };
  const start = performance.now();
  const basis = await fitPca(matrix, { foreground: 'none' });
  const elapsed = performance.now() - start;
  const differences = {
    mean: basis.mean,
    components: basis.components,
    explained_variance: basis.explainedVariance,
    explained_variance_ratio: basis.explainedVarianceRatio,
    scores: basis.project(matrix),
  };
  const apart: string[] = [];
  for (const [tensor, values] of Object.entries(differences)) {
    const difference = relativeDifference(values, new Float64Array(await read(tensor)));
    worst = Math.max(worst, difference);
    apart.push(`${tensor} ${difference.toExponential(1)}`);
  }
  console.info(`${name.padEnd(28)} ${elapsed.toFixed(0).padStart(6)} ms  ${apart.join('  ')}`);
}
if (options.keep === undefined) rmSync(folder, { recursive: true });
console.info(`worst ${worst.toExponential(2)} of the largest value, bar ${BAR}`);
if (!(worst <= BAR)) process.exitCode = 1;
