/**
 * From the start of a process to the embedding of an image: import, model from a local folder, image, forward pass.
 *
 * Usage: npm run build && node dist/bench/cold-start.js [--size base] [--threads 2] [--rounds 7]
 *        [--engines simd,transformers-js-wasm,transformers-js-node] [--node NODE] [--python PYTHON]
 *
 * With a Python, PyTorch takes part. The engines take turns.
 */
import { parseArgs } from 'node:util';
import { filesOf, parseCases } from './cases.ts';
import { FROM_IMAGES, parseEngines } from './engine-names.ts';
import { measureCold } from './measure-cold.ts';
import { prepare } from './prepare.ts';
import { medianRatio, summarise } from './statistics.ts';
import { digits, plainTable } from './table.ts';

const { values: options } = parseArgs({
  options: {
    size: { type: 'string', default: 'base' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '7' },
    engines: { type: 'string' },
    node: { type: 'string', default: process.execPath },
    python: { type: 'string' },
  },
});
const { node, python } = options;
const usual = `simd,transformers-js-wasm,transformers-js-node${python === undefined ? '' : ',torch'}`;
const engines = parseEngines(options.engines ?? usual).filter((name) => FROM_IMAGES.includes(name));
const cases = parseCases(`${options.size}/224/1`);
prepare(cases, python);

const times = new Map(engines.map((engine) => [engine, [] as number[]]));
for (const testCase of cases) {
  // the first round brings the files into the system's cache and does not count
  for (let round = 0; round <= Number(options.rounds); round++) {
    for (const engine of engines) {
      const { folder } = filesOf(testCase);
      const seconds = await measureCold(engine, folder, Number(options.threads), { node, python });
      if (round > 0) times.get(engine)?.push(seconds);
    }
  }
}
const [ours = []] = times.values();
const rows = [...times].map(([engine, values]) => {
  const { median, lower, upper } = summarise(values);
  return [engine, digits(median), `${digits(lower)}–${digits(upper)}`, digits(medianRatio(values, ours))];
});
const title = `Cold start, ${options.size}, ${options.threads} threads: from the start of the process to an embedding`;
const head = ['engine', 'median s', 'quartiles', `÷ ${engines[0]}`];
console.info(plainTable({ title, head, rows }));
