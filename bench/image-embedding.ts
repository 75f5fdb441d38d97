/**
 * From the encoded file of an image to its embedding, with a model that is loaded: reading, decoding, resizing,
 * cropping, normalising, forward pass.
 *
 * Usage: npm run build && node dist/bench/image-embedding.js [--size base] [--threads 2] [--rounds 21]
 *        [--engines onnxruntime,transformers-js-node,simd] [--ours onnxruntime] [--image FILE] [--node NODE]
 *        [--python PYTHON] [--calm 0.1]
 *
 * Everyone has an image processor of its own, and takes turns. The cosine tells that embeddings are of the same image:
 * decoders and resizers differ, and so do their results.
 */
import { parseArgs } from 'node:util';
import { type CaseFiles, filesOf, parseCases } from './cases.ts';
import { Child } from './child.ts';
import { type EngineName, FROM_IMAGES, parseEngines } from './engine-names.ts';
import { Limit } from './limit.ts';
import { IMAGE } from './places.ts';
import { prepare } from './prepare.ts';
import { cosine, ratios, summarise } from './statistics.ts';
import { digits, plainTable } from './table.ts';
import { type Participant, takeTurns } from './take-turns.ts';

const { values: options } = parseArgs({
  options: {
    size: { type: 'string', default: 'base' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '21' },
    engines: { type: 'string', default: 'onnxruntime,transformers-js-node,simd' },
    ours: { type: 'string', default: 'onnxruntime' },
    image: { type: 'string', default: IMAGE },
    node: { type: 'string', default: process.execPath },
    python: { type: 'string' },
    calm: { type: 'string', default: 'Infinity' },
  },
});
const { node, python, image } = options;
const threads = Number(options.threads);
const engines = parseEngines(options.engines).filter((name) => FROM_IMAGES.includes(name));
const [ours] = parseEngines(options.ours);
const cases = parseCases(`${options.size}/224/1`);
prepare(cases, python);

/** An engine whose model is loaded. */
interface Opened extends Participant {
  engine: EngineName;
  firstSeconds: number;
  embedding: readonly number[];
}

async function opened(engine: EngineName, { folder }: CaseFiles): Promise<Opened> {
  const child = new Child(engine, threads, { node, python });
  try {
    await child.ask({ do: 'open', folder, threads });
    const embed = () => child.ask({ do: 'embed', image });
    const { seconds: firstSeconds, values: embedding = [] } = await embed();
    const measure = async () => (await embed()).seconds;
    return { engine, child, firstSeconds, embedding, measure, seconds: [] };
  } catch (error) {
    await child.close();
    throw error;
  }
}

async function row({ engine, child, firstSeconds, embedding, seconds }: Opened, reference?: Opened) {
  const { median, lower, upper } = summarise(seconds);
  const peak = ((await child.ask({ do: 'peak' })).value ?? 0) / 2 ** 20;
  const ratio = reference && summarise(ratios(seconds, reference.seconds));
  return [
    engine,
    ...[firstSeconds, median].map((each) => digits(1e3 * each)),
    `${digits(1e3 * lower)}–${digits(1e3 * upper)}`,
    ...(ratio ? [digits(ratio.median), `${digits(ratio.lower)}–${digits(ratio.upper)}`] : ['–', '–']),
    String(Math.round(peak)),
    reference ? cosine(embedding, reference.embedding).toFixed(4) : '–',
  ];
}

const limit = new Limit(threads, { node, python });
const participants: Opened[] = [];
try {
  for (const testCase of cases) {
    for (const engine of engines) participants.push(await opened(engine, filesOf(testCase)));
  }
  await limit.warmUp();
  await takeTurns(
    participants,
    { limit },
    { rounds: Number(options.rounds), budget: Number.POSITIVE_INFINITY, calm: Number(options.calm) },
  );
  const reference = participants.find(({ engine }) => engine === ours);
  const rows: string[][] = [];
  for (const each of participants) rows.push(await row(each, reference));
  const title = `From a file to an embedding, ${options.size}, ${threads} threads, model loaded`;
  const head = [
    'engine',
    'first ms',
    'median ms',
    'quartiles',
    `time ÷ ${ours}`,
    'quartiles of it',
    'peak MiB',
    `cosine to ${ours}`,
  ];
  console.info(plainTable({ title, head, rows }));
} finally {
  await limit.close();
  for (const { child } of participants) await child.close();
}
