/** `dinov2 convert`: weights of any system into files of any system, or into an ONNX model. */
import { Command } from 'commander';
import { CONVERT_OPTIONS, OptionError, option } from '../../lib/index.ts';
import { addFlags, flagName, type Parsed, valuesOf } from '../flags.ts';
import { DIGITS_MODEL } from '../package.ts';
import type { ConversionTarget } from './conversion-target.ts';
import { FILES } from './convert-to-files.ts';
import { ONNX } from './convert-to-onnx.ts';

const OPTIONS = {
  to: option.choice([...CONVERT_OPTIONS.to.choices, 'onnx'], {
    default: 'hf',
    flag: '--to <names>',
    help: 'whose names the result has; onnx: a folder for transformers.js',
  }),
};

const rowsOf = (target: ConversionTarget): option.Row<unknown, unknown>[] =>
  target.tables.flatMap((table) => Object.values(table));

async function run(source: string, target: string, parsed: Parsed, command: Command): Promise<void> {
  const { to } = valuesOf(OPTIONS, parsed);
  if (target.endsWith('.onnx') && to !== 'onnx' && to !== 'hf') {
    throw new OptionError(`--to: expected onnx for a target that ends in .onnx, got ${to}`);
  }
  const chosen = to === 'onnx' || target.endsWith('.onnx') ? ONNX : FILES;
  refuse(chosen, parsed, command);
  await chosen.convert(source, target, parsed);
}

/** @throws OptionError if an option was given that the target has not, or not with this value */
function refuse(chosen: ConversionTarget, parsed: Parsed, command: Command): void {
  const rows = [OPTIONS.to, ...rowsOf(chosen)];
  for (const flag of command.options) {
    const name = flag.attributeName();
    if (command.getOptionValueSource(name) !== 'cli') continue;
    const row = rows.find((each) => flagName(each) === name);
    if (row === undefined) {
      throw new OptionError(`${flag.long}: expected no such option ${chosen.refusal}`);
    }
    if (row.choices?.includes(String(parsed[name])) === false) {
      throw new OptionError(
        `${flag.long}: expected ${row.choices.join(' or ')} ${chosen.refusal}, got ${parsed[name]}`,
      );
    }
  }
}

/** The rows of a target, whose help says which of them another one has not. */
function explained(target: ConversionTarget, other: ConversionTarget): option.Table {
  const shared = new Set(rowsOf(other).map(flagName));
  const rows = rowsOf(target).map((row) =>
    shared.has(flagName(row)) ? row : { ...row, help: target.explain(row.help ?? '') },
  );
  return Object.fromEntries(rows.entries());
}

const EXAMPLES = `
Examples:
  $ dinov2 convert ${DIGITS_MODEL} converted --dtype f16
  $ dinov2 convert facebook/dinov2-base dinov2-base-i8 --dtype i8
  $ dinov2 convert dinov2_vits14_pretrain.pth dinov2-small
  $ dinov2 convert facebook/dinov2-base dinov2_vitb14.safetensors --to original
  $ dinov2 convert dinov2_vits14_pretrain.pth classifier --head dinov2_vits14_linear4_head.pth --labels imagenet-1k
  $ dinov2 convert facebook/dinov2-base model.onnx --image-size 224
  $ dinov2 convert facebook/dinov2-base for-transformers-js --to onnx`;

/** The verb `convert`. */
export function convertCommand(): Command {
  const command = new Command('convert')
    .argument('<source>', 'folder, Hub id, URL, or .safetensors, .pth or .bin file')
    .argument('<target>', 'folder, or a .safetensors file for the weights alone, or an .onnx file');
  return addFlags(command, OPTIONS, explained(FILES, ONNX), explained(ONNX, FILES))
    .addHelpText('after', EXAMPLES)
    .action(run);
}
