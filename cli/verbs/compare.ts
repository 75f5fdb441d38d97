/** `dinov2 compare`: two checkpoints, tensor by tensor. */
import { Command } from 'commander';
import {
  COMPARE_OPTIONS,
  compareModels,
  option,
  REPOSITORY_OPTIONS,
  type TensorComparison,
} from '../../lib/index.ts';
import { addFlags, type Parsed, valuesOf } from '../flags.ts';
import { interruptible } from '../interruption.ts';
import { counts, table } from '../listing.ts';
import { repositoryOptions } from '../load-model.ts';
import { printable } from '../messages.ts';
import { DIGITS_MODEL } from '../package.ts';

const OPTIONS = { json: option.bool({ flag: '--json', help: 'one JSON object' }) };

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
  const found: Record<string, number> = {};
  for (const { verdict } of rows) found[verdict] = (found[verdict] ?? 0) + 1;
  return counts(found) || 'no tensors';
}

function jsonOf({ name, verdict, pass, a, b, values }: TensorComparison): object {
  const { maxAbs, maxRel, cosine } = values ?? {};
  return { name, verdict, pass, a, b, maxAbs, maxRel, cosine };
}

async function run(modelA: string, modelB: string, parsed: Parsed): Promise<void> {
  const rows: TensorComparison[] = [];
  await interruptible(async (signal) => {
    const options = { ...repositoryOptions(parsed), ...valuesOf(COMPARE_OPTIONS, parsed), signal };
    for await (const row of compareModels(modelA, modelB, options)) rows.push(row);
  });
  const pass = rows.every((row) => row.pass);
  if (valuesOf(OPTIONS, parsed).json)
    process.stdout.write(`${JSON.stringify({ pass, tensors: rows.map(jsonOf) })}\n`);
  else {
    const head = ['', 'tensor', '', 'A', 'B', 'max abs', 'max rel', 'cosine'];
    process.stdout.write(`${table([head, ...rows.map(cellsOf)])}\n${summary(rows)}\n`);
  }
  if (!pass) process.exitCode = 1;
}

const EXAMPLES = `
Examples:
  $ dinov2 compare ${DIGITS_MODEL} converted --atol 1e-3 --json
  $ dinov2 compare facebook/dinov2-small dinov2_vits14_pretrain.pth`;

/** The verb `compare`. */
export function compareCommand(): Command {
  const command = new Command('compare')
    .argument('<A>', 'folder, Hub id, URL or .safetensors file')
    .argument('<B>', 'the same, of the reference');
  return addFlags(command, COMPARE_OPTIONS, OPTIONS, REPOSITORY_OPTIONS)
    .addHelpText('after', EXAMPLES)
    .action(run);
}
