/**
 * The most memory an engine's process has had: after loading, and after forward passes at two sizes.
 *
 * Usage: npm run build && node dist/bench/memory.js [--size base] [--images 224,1022] [--threads 2]
 *        [--engines simd,ort-web,transformers-js-wasm,ort-node] [--node NODE] [--python PYTHON]
 *
 * Every figure comes from a process of its own that loads the model and runs twice.
 */
import { parseArgs } from 'node:util';
import { type Case, filesOf, parseCases } from './cases.ts';
import { Child } from './child.ts';
import { type EngineName, needFixedSize, parseEngines } from './engine-names.ts';
import { prepare } from './prepare.ts';
import { plainTable } from './table.ts';

const { values: options } = parseArgs({
  options: {
    size: { type: 'string', default: 'base' },
    images: { type: 'string', default: '224,1022' },
    threads: { type: 'string', default: '2' },
    engines: { type: 'string' },
    node: { type: 'string', default: process.execPath },
    python: { type: 'string' },
  },
});
const { node, python } = options;
const usual = `simd,ort-web,transformers-js-wasm,ort-node${python === undefined ? '' : ',torch'}`;
const engines = parseEngines(options.engines ?? usual);
const threads = Number(options.threads);
const images = options.images.split(',');
const cases = parseCases(images.map((image) => `${options.size}/${image}/1`).join(','));
prepare(cases, python, { fixedSize: needFixedSize(engines) });

async function peaks(engine: EngineName, testCase: Case): Promise<string[]> {
  const { folder, input } = filesOf(testCase);
  const { batch, image } = testCase;
  const child = new Child(engine, threads, { node, python });
  const peak = async () => String(Math.round(((await child.ask({ do: 'peak' })).value ?? 0) / 2 ** 20));
  try {
    await child.ask({ do: 'load', folder, threads, image });
    const loaded = await peak();
    await child.ask({ do: 'input', path: input, shape: [batch, 3, image, image] });
    await child.ask({ do: 'run' });
    await child.ask({ do: 'run' });
    return [loaded, await peak()];
  } catch (error) {
    return ['–', error instanceof Error ? error.message : String(error)];
  } finally {
    await child.close();
  }
}

const rows: string[][] = [];
for (const engine of engines) {
  const row: string[] = [];
  for (const testCase of cases) {
    const [loaded = '', run = ''] = await peaks(engine, testCase);
    row.push(...(row.length === 0 ? [loaded, run] : [run]));
  }
  rows.push([engine, ...row]);
}
const title = `Largest resident set in MiB, ${options.size}, batch 1, ${threads} threads`;
console.info(
  plainTable({ title, head: ['engine', 'loaded', ...images.map((image) => `${image} × ${image}`)], rows }),
);
