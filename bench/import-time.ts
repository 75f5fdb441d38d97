/**
 * What it costs to import the library, and to ask the command for help, beyond the start of Node.
 *
 * Usage: npm run build && node dist/bench/import-time.js [--rounds 11] [--node NODE] [--peers]
 *
 * The programs take turns; a figure is the median over rounds, from the start of the process to its end.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { PEERS } from '../peers/peer.ts';
import { ROOT } from '../peers/root.ts';
import { summarise } from './statistics.ts';
import { digits, plainTable } from './table.ts';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '11' },
    node: { type: 'string', default: process.execPath },
    peers: { type: 'boolean', default: false },
  },
});

/** Words for a Node that imports one module from `folder` and ends. */
function importing(module: string): string[] {
  return ['--input-type=module', '--eval', `await import(${JSON.stringify(module)}); process.exit()`];
}

const library = pathToFileURL(join(ROOT, 'dist', 'lib', 'index.js')).href;
const PROGRAMS: Readonly<Record<string, { words: readonly string[]; folder?: string }>> = {
  'Node alone': { words: ['--input-type=module', '--eval', 'process.exit()'] },
  'import dinov2-tfjs': { words: importing(library) },
  'dinov2 --help': { words: [join(ROOT, 'dist', 'cli', 'main.js'), '--help'] },
  ...(options.peers && {
    'import @huggingface/transformers': { words: importing('@huggingface/transformers'), folder: PEERS },
    'import onnxruntime-web': { words: importing('onnxruntime-web'), folder: PEERS },
    'import onnxruntime-node': { words: importing('onnxruntime-node'), folder: PEERS },
  }),
};

const times = new Map(Object.keys(PROGRAMS).map((name) => [name, [] as number[]]));
// the first round brings the files into the system's cache and does not count
for (let round = 0; round <= Number(options.rounds); round++) {
  for (const [name, { words, folder }] of Object.entries(PROGRAMS)) {
    const start = performance.now();
    const { status, stderr } = spawnSync(options.node, words, { cwd: folder, encoding: 'utf8' });
    if (status !== 0) throw new Error(`import-time: ${name} failed: ${stderr}`);
    if (round > 0) times.get(name)?.push(performance.now() - start);
  }
}
const alone = summarise(times.get('Node alone') ?? []).median;
const rows = [...times].map(([name, values]) => {
  const { median, lower, upper } = summarise(values);
  return [name, digits(median), `${digits(lower)}–${digits(upper)}`, digits(median - alone)];
});
const head = ['program', 'median ms', 'quartiles', 'beyond Node'];
console.info(plainTable({ title: 'From start to end of the process', head, rows }));
