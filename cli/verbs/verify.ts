/** `dinov2 verify`: a model against what PyTorch computed with it. */
import { access } from 'node:fs/promises';
import { Command } from 'commander';
import {
  loadForReference,
  option,
  readReference,
  SourceError,
  VERIFY_OPTIONS,
  type VerifiedTensor,
  verifyReference,
} from '../../lib/index.ts';
import { addFlags, type Parsed, valuesOf } from '../flags.ts';
import { table } from '../listing.ts';
import { loadProcessor, loadWithProgress, onEngine } from '../load-model.ts';
import { printable } from '../messages.ts';
import { MODEL_TABLES } from '../model-options.ts';
import { DIGITS_MODEL } from '../package.ts';

const REFERENCES = {
  reference: option.required(
    option.value<string[]>({
      flag: '-r, --reference <files...>',
      help: 'reference files in the format dinov2-reference/1',
    }),
  ),
};

const OPTIONS = { json: option.bool({ flag: '--json', help: 'one JSON object' }) };

/** A name that is no file would be looked for on the Hub. */
async function requireFile(path: string): Promise<void> {
  await access(path).catch((error: NodeJS.ErrnoException) => {
    throw new SourceError(`${path}: expected a file that can be read, got ${error.code}`, { cause: error });
  });
}

async function verifyOne(path: string, parsed: Parsed): Promise<VerifiedTensor[]> {
  await requireFile(path);
  const reference = await readReference(path);
  using model = await loadWithProgress(parsed, (source, load) => loadForReference(source, reference, load));
  using runnable = await onEngine(model, parsed);
  const processor = reference.imageFiles.length > 0 ? await loadProcessor(parsed) : undefined;
  return await verifyReference(runnable, reference, {
    ...valuesOf(VERIFY_OPTIONS, parsed),
    preprocess: processor && (async (files) => (await processor.preprocess(files)).pixelValues),
  });
}

function tableOf(rows: readonly VerifiedTensor[]): string {
  const cells = rows.map(({ name, maxAbs, maxRel, cosine, worst, worstIndex, pass }) => [
    pass ? 'pass' : 'FAIL',
    name,
    maxAbs.toExponential(2),
    maxRel.toExponential(2),
    cosine.toFixed(9),
    String(worstIndex),
    ...(worst === undefined ? [] : [worst.toFixed(9)]),
  ]);
  const held = rows.some(({ worst }) => worst !== undefined) ? ['worst vector'] : [];
  return table([['', 'tensor', 'max abs', 'max rel', 'cosine', 'worst index', ...held], ...cells]);
}

async function run(parsed: Parsed): Promise<void> {
  const { json } = valuesOf(OPTIONS, parsed);
  const tensors: object[] = [];
  let pass = true;
  for (const path of valuesOf(REFERENCES, parsed).reference) {
    const rows = await verifyOne(path, parsed);
    pass &&= rows.every((row) => row.pass);
    if (!json) process.stdout.write(`${printable(path)}\n${tableOf(rows)}\n`);
    for (const { name, maxAbs, maxRel, cosine, worst, pass: passed } of rows) {
      tensors.push({ reference: path, name, maxAbs, maxRel, cosine, worst, pass: passed });
    }
  }
  const verdict = pass ? 'all within tolerance' : 'out of tolerance';
  process.stdout.write(`${json ? JSON.stringify({ pass, tensors }) : verdict}\n`);
  if (!pass) process.exitCode = 1;
}

const EXAMPLES = `
Examples:
  $ dinov2 verify --model ${DIGITS_MODEL} --reference two.safetensors --atol 2e-5 --json
  $ dinov2 verify --model facebook/dinov2-small --reference cat.safetensors

\`dinov2 features\` writes references too: two.safetensors and cat.safetensors are those of the examples in its help.`;

/** The verb `verify`. */
export function verifyCommand(): Command {
  const command = new Command('verify');
  return addFlags(command, ...MODEL_TABLES, REFERENCES, VERIFY_OPTIONS, OPTIONS)
    .addHelpText('after', EXAMPLES)
    .action(run);
}
