/**
 * What a training step costs on the backend `simd`: the gradients of a classifier by all its weights, and a step of AdamW,
 * beside a forward pass, and beside PyTorch's step.
 *
 * Usage: npm run build && node dist/bench/training-step.js [--cases small/224/1,small/224/8,base/224/1,base/224/8]
 *        [--threads 2] [--rounds 5] [--python PYTHON]
 *
 * Weights and images are random. A round is a forward pass, a step of ours and, with `--python` (transformers and torch), one of
 * PyTorch's, in turns; figures are medians over rounds. `backward ÷ forward` is what the gradients take beyond a forward pass,
 * in forward passes.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { backend, type Tensor1D, type Tensor4D, tensor } from '@tensorflow/tfjs-core';
import { SimdBackend } from '../backends/simd/simd-backend.ts';
import { valueAndGradients } from '../lib/gradients/value-and-gradients.ts';
import { Dinov2Config, Dinov2ForImageClassification, setDevice } from '../lib/index.ts';
import { AdamW } from '../lib/training/adamw.ts';
import { ROOT } from '../peers/root.ts';
import { noise } from '../testing/noise.ts';
import { type Case, caseName, configOf, parseCases } from './cases.ts';
import { median, medianRatio } from './statistics.ts';
import { digits, plainTable } from './table.ts';

const { values: options } = parseArgs({
  options: {
    cases: { type: 'string', default: 'small/224/1,small/224/8,base/224/1,base/224/8' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '5' },
    python: { type: 'string' },
  },
});
const threads = Number(options.threads);
const rounds = Number(options.rounds);

/** Milliseconds of what a round does, one for each round. */
interface Times {
  forward: number[];
  gradients: number[];
  optimiser: number[];
  torch: number[];
}

/** PyTorch in a process of its own. */
class Torch {
  private readonly child: ChildProcess;
  private readonly lines: AsyncIterator<string>;

  constructor(python: string, { batch, image }: Case, { hiddenSize, numAttentionHeads }: Dinov2Config) {
    const settings = { threads, hiddenSize, numAttentionHeads, imageSize: image, batch };
    const program = join(ROOT, 'bench', 'python', 'training_step.py');
    this.child = spawn(python, [program, JSON.stringify(settings)], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.lines = createInterface({ input: this.child.stdout! })[Symbol.asyncIterator]();
  }

  /** Milliseconds of one step. */
  async step(): Promise<number> {
    this.child.stdin?.write('\n');
    const { value } = await this.lines.next();
    return 1e3 * Number(value);
  }

  close(): void {
    this.child.stdin?.end();
  }
}

async function measure(testCase: Case): Promise<{ times: Times; bytes: number }> {
  const { image, batch } = testCase;
  const { hiddenSize, numAttentionHeads } = configOf(testCase);
  const sizes = { hiddenSize, numAttentionHeads, imageSize: image };
  const config = new Dinov2Config({ ...sizes, numLabels: 10 });
  const model = await Dinov2ForImageClassification.fromConfig(config);
  const optimiser = new AdamW(model.parameters);
  const shape: [number, number, number, number] = [batch, 3, image, image];
  const pixels: Tensor4D = tensor(noise(batch * 3 * image * image), shape);
  const labels = tensor(
    Array.from({ length: batch }, (_, i) => i % 10),
    [batch],
    'int32',
  ) as Tensor1D;
  const torch = options.python === undefined ? undefined : new Torch(options.python, testCase, config);
  const times: Times = { forward: [], gradients: [], optimiser: [], torch: [] };
  for (let round = -1; round < rounds; round++) {
    const start = performance.now();
    model.forward(pixels, { labels }).dispose();
    const forward = performance.now();
    const { loss, output, gradients } = await valueAndGradients(model, pixels, { labels });
    const computed = performance.now();
    optimiser.step(gradients, 1e-5);
    const end = performance.now();
    for (const each of [loss, ...gradients.values()]) each.dispose();
    output.dispose();
    const ofTorch = await torch?.step();
    // the first time memory grows and weights are laid out anew
    if (round < 0) continue;
    times.forward.push(forward - start);
    times.gradients.push(computed - forward);
    times.optimiser.push(end - computed);
    if (ofTorch !== undefined) times.torch.push(ofTorch);
  }
  torch?.close();
  for (const each of [optimiser, pixels, labels, model]) each.dispose();
  const current = backend();
  const bytes = current instanceof SimdBackend ? current.runtime.heap.memory.buffer.byteLength : Number.NaN;
  return { times, bytes };
}

await setDevice('simd', { threads });
const rows: string[][] = [];
for (const testCase of parseCases(options.cases)) {
  const { times, bytes } = await measure(testCase);
  const { forward, gradients, optimiser, torch } = times;
  const steps = gradients.map((value, i) => value + optimiser[i]!);
  const back = gradients.map((value, i) => (value - forward[i]!) / forward[i]!);
  rows.push([
    caseName(testCase),
    ...[forward, gradients, optimiser].map((each) => digits(median(each))),
    median(back).toFixed(2),
    torch.length === 0 ? '–' : digits(median(torch)),
    torch.length === 0 ? '–' : medianRatio(steps, torch).toFixed(2),
    (bytes / 2 ** 20).toFixed(0),
  ]);
}
const head = [
  'case',
  'forward ms',
  'gradients ms',
  'AdamW ms',
  'backward ÷ forward',
  'torch ms',
  'step ÷ torch',
  'MiB',
];
console.info(plainTable({ title: `Training steps, ${threads} threads`, head, rows }));
