/**
 * From a folder as published to an ONNX model for images of 224 pixels: time from the start of the process to its end,
 * and the most memory it has, in turns with PyTorch's exporter where a Python is named.
 *
 * Usage: npm run build && node dist/bench/onnx-export.js [--size base] [--rounds 7] [--node NODE] [--python PYTHON]
 *
 * Memory is set in relation to a process that does nothing but load the model.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../peers/root.ts';
import { filesOf, parseCases } from './cases.ts';
import { prepare } from './prepare.ts';
import { median, medianRatio, summarise } from './statistics.ts';
import { digits, plainTable } from './table.ts';

const { values: options } = parseArgs({
  options: {
    size: { type: 'string', default: 'base' },
    rounds: { type: 'string', default: '7' },
    node: { type: 'string', default: process.execPath },
    python: { type: 'string' },
  },
});
const { python, node, size } = options;
const MEBIBYTE = 2 ** 20;

/** A program that takes `load FOLDER` or `export FOLDER TARGET`, and prints bytes of memory. */
interface Exporter {
  command: readonly [string, ...string[]];
  seconds: number[];
  peaks: number[];
  loadPeaks: number[];
}

function exporter(...command: Exporter['command']): Exporter {
  return { command, seconds: [], peaks: [], loadPeaks: [] };
}

/** @throws Error with what the program printed, if it fails */
function run(
  { command: [program, ...words] }: Exporter,
  ...more: string[]
): { seconds: number; peak: number } {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(program, [...words, ...more], { encoding: 'utf8' });
  const seconds = (performance.now() - start) / 1000;
  const peak = Number(stdout.trim().split('\n').at(-1));
  if (status !== 0 || !(peak > 0)) throw new Error(`onnx-export: ${program} failed: ${stderr}`);
  return { seconds, peak };
}

const cases = parseCases(`${size}/224/1`);
prepare(cases, python);
const exporters = new Map([
  ['convertToOnnx', exporter(node, join(ROOT, 'dist', 'bench', 'export-one.js'))],
  ...(python === undefined
    ? []
    : [['PyTorch', exporter(python, join(ROOT, 'bench', 'python', 'export_one.py'))] as const]),
]);
const target = mkdtempSync(join(tmpdir(), 'dinov2-export-'));
try {
  for (const testCase of cases) {
    const { folder } = filesOf(testCase);
    // the first round brings the files into the system's cache and does not count
    for (let round = 0; round <= Number(options.rounds); round++) {
      for (const [name, each] of exporters) {
        const loaded = run(each, 'load', folder);
        const exported = run(each, 'export', folder, join(target, `${name}.onnx`));
        if (round === 0) continue;
        each.seconds.push(exported.seconds);
        each.peaks.push(exported.peak);
        each.loadPeaks.push(loaded.peak);
      }
    }
  }
  const [first] = exporters.values();
  const rows = [...exporters].map(([name, { seconds, peaks, loadPeaks }]) => {
    const { median: middle, lower, upper } = summarise(seconds);
    const bytes = [median(peaks), median(loadPeaks), median(peaks) - median(loadPeaks)];
    return [
      name,
      digits(middle),
      `${digits(lower)}–${digits(upper)}`,
      digits(medianRatio(seconds, first?.seconds ?? [])),
      ...bytes.map((each) => String(Math.round(each / MEBIBYTE))),
      String(Math.round(statSync(join(target, `${name}.onnx`)).size / MEBIBYTE)),
    ];
  });
  const title = `${size} to ONNX: from the start of the process to its end, and its largest resident set`;
  const head = [
    'exporter',
    'median s',
    'quartiles',
    '÷ ours',
    'peak MiB',
    'to load it',
    'beyond',
    'file MiB',
  ];
  console.info(plainTable({ title, head, rows }));
} finally {
  rmSync(target, { recursive: true });
}
