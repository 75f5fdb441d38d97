/** `dinov2 compare`: two checkpoints, tensor by tensor. */
import { Command } from 'commander';
import { compareModels, type TensorComparison } from '../../lib/index.ts';
import { addSourceOptions, type ModelOptions, nonNegativeNumber } from '../common-options.ts';
import { interruptible } from '../interruption.ts';
import { repositoryOptions } from '../load-model.ts';
import { printable } from '../messages.ts';
import { table } from '../table.ts';

interface CompareVerbOptions extends Partial<ModelOptions> {
  atol: number;
  json?: boolean;
}

async function compare(
  modelA: string,
  modelB: string,
  options: CompareVerbOptions,
): Promise<TensorComparison[]> {
  return interruptible(async (signal) => {
    const rows: TensorComparison[] = [];
    const comparing = { ...repositoryOptions(options), atol: options.atol, signal };
    for await (const row of compareModels(modelA, modelB, comparing)) rows.push(row);
    return rows;
  });
}

function sideOf(side: TensorComparison['a']): string {
  return side === undefined ? '' : `${side.dtype} [${side.shape.join(', ')}]`;
}

function cellsOf({ name, verdict, pass, a, b, values }: TensorComparison): string[] {
  const numbers = values
    ? [values.maxAbs.toExponential(2), values.maxRel.toExponential(2), values.cosine.toFixed(9)]
    : ['', '', ''];
  return [pass ? 'pass' : 'FAIL', printable(name), verdict, sideOf(a), sideOf(b), ...numbers];
}

function summary(rows: readonly TensorComparison[]): string {
  const counts = new Map<string, number>();
  for (const { verdict } of rows) counts.set(verdict, (counts.get(verdict) ?? 0) + 1);
  return [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ') || 'no tensors';
}

function jsonOf({ name, verdict, pass, a, b, values }: TensorComparison): object {
  const { maxAbs, maxRel, cosine } = values ?? {};
  return { name, verdict, pass, a, b, maxAbs, maxRel, cosine };
}

async function run(modelA: string, modelB: string, options: CompareVerbOptions): Promise<void> {
  const rows = await compare(modelA, modelB, options);
  const pass = rows.every((row) => row.pass);
  if (options.json) process.stdout.write(`${JSON.stringify({ pass, tensors: rows.map(jsonOf) })}\n`);
  else {
    const head = ['', 'tensor', '', 'A', 'B', 'max abs', 'max rel', 'cosine'];
    process.stdout.write(`${table([head, ...rows.map(cellsOf)])}\n${summary(rows)}\n`);
  }
  if (!pass) process.exitCode = 1;
}

/** Builds the verb. */
export function compareCommand(): Command {
  const command = new Command('compare')
    .description('compares two checkpoints, whosever names they have, tensor by tensor')
    .argument('<A>', 'folder, Hub id, URL or .safetensors file')
    .argument('<B>', 'the same, of the reference')
    .option(
      '--atol <number>',
      'tolerance: |a − b| ≤ atol · max(1, largest value of B); with 0 values must be the same',
      nonNegativeNumber,
      0,
    )
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  $ dinov2 compare facebook/dinov2-small dinov2_vits14_pretrain.safetensors
  $ dinov2 compare models/digits converted --atol 1e-3 --json`,
    );
  return addSourceOptions(command).action(run);
}
