/**
 * Measures this package and what a user would pick instead, in one run, on the same weights and the same input.
 *
 * Usage: npm run bench -- [--python PYTHON] [--node NODE] [--cases base/224/1,…] [--threads 1,2] [--engines simd,…]
 *        [--kernels] [--rounds 15] [--budget 60] [--longest 300] [--cold 3] [--ours simd]
 *        [--calm 0.1] [--json FILE] [--markdown FILE]
 *
 * `README.md` in this folder has what the options and the figures mean.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { DEFAULT_CASES, parseCases } from './cases.ts';
import {
  ENGINES,
  type EngineName,
  needFixedSize,
  needQuantised,
  OURS,
  parseEngines,
} from './engine-names.ts';
import { describeEnvironment } from './environment.ts';
import { measureCase, type Plan } from './measure-case.ts';
import { kernelShapes, measureKernel } from './measure-kernels.ts';
import { buildNativeProbe } from './native-limit.ts';
import { prepare } from './prepare.ts';
import { caseTable, environmentLines, kernelTable, markdownReport } from './report.ts';
import type { Results } from './results.ts';
import { plainTable } from './table.ts';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string' },
    node: { type: 'string', default: process.execPath },
    cases: { type: 'string' },
    threads: { type: 'string', default: '1,2' },
    engines: { type: 'string' },
    kernels: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '15' },
    budget: { type: 'string', default: '60' },
    longest: { type: 'string', default: '300' },
    cold: { type: 'string', default: '3' },
    ours: { type: 'string', default: OURS },
    calm: { type: 'string' },
    json: { type: 'string' },
    markdown: { type: 'string' },
  },
});

const { python, node } = options;
// --kernels alone means nothing but kernels
const cases =
  options.cases === undefined && options.kernels ? [] : parseCases(options.cases ?? DEFAULT_CASES);
const everyone = (Object.keys(ENGINES) as EngineName[]).filter(
  // a GPU is no rival of the processor's engines, and one in software takes hours
  (name) => name !== 'webgpu' && (name !== 'torch' || python !== undefined),
);
const engines = options.engines === undefined ? everyone : parseEngines(options.engines);
const [ours = OURS] = parseEngines(options.ours);
prepare(cases, python, {
  fixedSize: needFixedSize(engines),
  quantised: needQuantised(engines),
  kernels: options.kernels,
});
const nativeProbe = buildNativeProbe();
if (nativeProbe === undefined) process.stderr.write('bench: no C compiler, so no limit of native code\n');

const results: Results = {
  format: 'dinov2-bench/1',
  environment: describeEnvironment({ node, python }),
  command: process.argv.slice(2).join(' '),
  ours,
  cases: [],
  kernels: [],
};
const say = (text: string): void => void process.stdout.write(`${text}\n`);

/** Writes after every part, so that a run that is broken off has left something. */
function save(): void {
  if (options.json !== undefined) writeFileSync(options.json, `${JSON.stringify(results, null, 1)}\n`);
  if (options.markdown !== undefined) writeFileSync(options.markdown, markdownReport(results));
}

const speeds = new Map<string, number>();
const plans = options.threads.split(',').map(
  (threads): Plan => ({
    node,
    python,
    engines,
    threads: Number(threads),
    nativeProbe,
    rounds: Number(options.rounds),
    budget: Number(options.budget),
    longest: Number(options.longest),
    ...(options.calm !== undefined && { calm: Number(options.calm) }),
    coldStarts: Number(options.cold),
    speeds,
    progress: (message) => process.stderr.write(`bench: ${message}\n`),
  }),
);
for (const testCase of cases) {
  for (const plan of plans) {
    const result = await measureCase(testCase, plan);
    results.cases.push(result);
    say(`\n${plainTable(caseTable(result, ours))}`);
    save();
  }
}
if (options.kernels) {
  for (const plan of plans) {
    const rows = [];
    for (const shape of kernelShapes()) rows.push(await measureKernel(shape, plan));
    results.kernels.push(...rows);
    say(`\n${plainTable(kernelTable(rows))}`);
    save();
  }
}
say(`\n${environmentLines(results).join('\n')}`);
