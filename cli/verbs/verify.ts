/** `dinov2 verify`: a model against what PyTorch computed with it. */
import { Command } from 'commander';
import { type Comparison, loadForReference, readReference, verifyReference } from '../../lib/index.ts';
import { addModelOptions, type ModelOptions, nonNegativeNumber } from '../common-options.ts';
import { loadProcessor, loadWithProgress, onEngine } from '../load-model.ts';
import { printable } from '../messages.ts';
import { table } from '../table.ts';

interface VerifyVerbOptions extends ModelOptions {
  reference: string[];
  atol: number;
  json?: boolean;
}

async function verifyOne(path: string, options: VerifyVerbOptions): Promise<Comparison[]> {
  const reference = await readReference(path);
  using model = await loadWithProgress(options, (source, load) => loadForReference(source, reference, load));
  using runnable = await onEngine(model, options);
  const processor = reference.imageFiles.length > 0 ? await loadProcessor(options) : undefined;
  return await verifyReference(runnable, reference, {
    atol: options.atol,
    ...(processor && { preprocess: async (files) => (await processor.preprocess(files)).pixelValues }),
  });
}

function tableOf(rows: readonly Comparison[]): string {
  const cells = rows.map(({ name, maxAbs, maxRel, cosine, worstIndex, pass }) => [
    pass ? 'pass' : 'FAIL',
    name,
    maxAbs.toExponential(2),
    maxRel.toExponential(2),
    cosine.toFixed(9),
    String(worstIndex),
  ]);
  return table([['', 'tensor', 'max abs', 'max rel', 'cosine', 'worst index'], ...cells]);
}

async function run(options: VerifyVerbOptions): Promise<void> {
  const tensors: (Comparison & { reference: string })[] = [];
  for (const path of options.reference) {
    const rows = await verifyOne(path, options);
    tensors.push(...rows.map((row) => ({ ...row, reference: path })));
    if (!options.json) process.stdout.write(`${printable(path)}\n${tableOf(rows)}\n`);
  }
  const pass = tensors.every((row) => row.pass);
  if (options.json) {
    const rows = tensors.map(({ reference, name, maxAbs, maxRel, cosine, pass: passed }) => ({
      reference,
      name,
      maxAbs,
      maxRel,
      cosine,
      pass: passed,
    }));
    process.stdout.write(`${JSON.stringify({ pass, tensors: rows })}\n`);
  } else {
    process.stdout.write(pass ? 'all within tolerance\n' : 'out of tolerance\n');
  }
  if (!pass) process.exitCode = 1;
}

/** Builds the verb. */
export function verifyCommand(): Command {
  const command = new Command('verify').description(
    'compares a model with reference outputs, tensor by tensor',
  );
  addModelOptions(command)
    .requiredOption('-r, --reference <files...>', 'reference files in the format dinov2-reference/1')
    .option(
      '--atol <number>',
      'tolerance: |a − b| ≤ atol · max(1, largest reference value)',
      nonNegativeNumber,
      1e-4,
    )
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  $ dinov2 verify --model facebook/dinov2-base --reference reference.safetensors
  $ dinov2 verify --model models/digits --reference conformance/fixtures/digits.safetensors --atol 2e-5 --json`,
    );
  return command.action(run);
}
