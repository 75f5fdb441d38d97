/**
 * From a `.pth` file to float16 safetensors: the command of this package and the same in Python with torch and
 * safetensors, from the start of a process to its end.
 *
 * Usage: npm run build && node dist/bench/conversion.js --python PYTHON [--size base] [--rounds 7] [--node NODE]
 *
 * The two take turns. Both write tensors under the names they have in the `.pth` file, which are the original code's.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ROOT } from '../peers/root.ts';
import { filesOf, parseCases } from './cases.ts';
import { PREPARED } from './places.ts';
import { prepare } from './prepare.ts';
import { medianRatio, summarise } from './statistics.ts';
import { digits, plainTable } from './table.ts';

const { values: options } = parseArgs({
  options: {
    python: { type: 'string' },
    size: { type: 'string', default: 'base' },
    rounds: { type: 'string', default: '7' },
    node: { type: 'string', default: process.execPath },
  },
});
const { python, node, size } = options;
if (python === undefined)
  throw new Error('conversion: expected --python, a Python with torch and safetensors, got none');

const COMMAND = join(ROOT, 'dist', 'cli', 'main.js');

/**
 * The seconds a program takes.
 *
 * @throws Error with what it printed, if it fails
 */
function run(program: string, words: readonly string[]): number {
  const start = performance.now();
  const { status, stderr } = spawnSync(program, words, { encoding: 'utf8' });
  if (status !== 0) throw new Error(`conversion: ${program} ${words.join(' ')} failed: ${stderr}`);
  return (performance.now() - start) / 1000;
}

/** The `.pth` file of a seeded model under the original code's names, made once. */
function pthFile(): string {
  const path = join(PREPARED, `${size}.pth`);
  if (existsSync(path)) return path;
  const cases = parseCases(`${size}/224/1`);
  prepare(cases, python);
  const [first] = cases;
  if (first === undefined) throw new Error(`conversion: expected a size, got ${size}`);
  const { folder } = filesOf(first);
  const original = join(PREPARED, `${size}-original.safetensors`);
  run(node, [COMMAND, 'convert', folder, original, '--to', 'original', '--overwrite']);
  run(python ?? '', [join(ROOT, 'bench', 'python', 'make_pth.py'), original, path]);
  rmSync(original);
  return path;
}

const source = pthFile();
const folder = mkdtempSync(join(tmpdir(), 'dinov2-conversion-'));
try {
  const [ours, theirs] = ['ours', 'theirs'].map((name) => join(folder, `${name}.safetensors`));
  const programs: Record<string, () => number> = {
    'dinov2 convert': () =>
      run(node, [
        COMMAND,
        'convert',
        source,
        ours ?? '',
        '--to',
        'original',
        '--dtype',
        'f16',
        '--overwrite',
      ]),
    'torch and safetensors': () =>
      run(python, [join(ROOT, 'bench', 'python', 'convert.py'), source, theirs ?? '']),
  };
  const times = new Map(Object.keys(programs).map((name) => [name, [] as number[]]));
  // the first round brings the files into the system's cache and does not count
  for (let round = 0; round <= Number(options.rounds); round++) {
    for (const [name, program] of Object.entries(programs)) {
      const seconds = program();
      if (round > 0) times.get(name)?.push(seconds);
    }
  }
  if (!readFileSync(ours ?? '').equals(readFileSync(theirs ?? ''))) {
    throw new Error('conversion: expected both to write the same file, got different ones');
  }
  const [first = []] = times.values();
  const rows = [...times].map(([name, values]) => {
    const { median, lower, upper } = summarise(values);
    return [name, digits(median), `${digits(lower)}–${digits(upper)}`, digits(medianRatio(values, first))];
  });
  const title = `${size} from .pth to float16 safetensors: from the start of the process to its end; the files are equal`;
  console.info(plainTable({ title, head: ['program', 'median s', 'quartiles', '÷ ours'], rows }));
} finally {
  rmSync(folder, { recursive: true });
}
