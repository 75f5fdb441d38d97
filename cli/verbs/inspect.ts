/** `dinov2 inspect`: what a checkpoint is, without loading its weights. */
import { Command } from 'commander';
import {
  INSPECT_OPTIONS,
  type Inspection,
  inspect,
  option,
  REPOSITORY_OPTIONS,
  WEIGHTS_OPTIONS,
} from '../../lib/index.ts';
import { addFlags, type Parsed, valuesOf } from '../flags.ts';
import { interruptible } from '../interruption.ts';
import { counts, listing, megabytes } from '../listing.ts';
import { repositoryOptions } from '../load-model.ts';
import { note, printable } from '../messages.ts';
import { FIELD_OPTIONS } from '../model-options.ts';
import { DIGITS_MODEL } from '../package.ts';

const OPTIONS = {
  tensors: option.bool({
    flag: '--tensors',
    help: 'list every tensor: dtype, shape, name in the file, name in the original code',
  }),
  json: option.bool({ flag: '--json', help: 'one JSON object' }),
};

function describeMemory(
  { memoryBytes, tokens, precision }: Pick<Inspection, 'memoryBytes' | 'tokens' | 'precision'>,
  imageSize: number,
): string {
  return memoryBytes === undefined
    ? 'unknown, as the configuration is'
    : `about ${megabytes(memoryBytes)} for one image of ${imageSize}×${imageSize} (${tokens} tokens): weights in ${precision === 'i8' ? 'int8' : 'float32'} and the widest moment of a block; Node and the buffers of loading are not counted`;
}

const QUANTISED = 'i8: a quantised file, whose linear weights are int8 with a scale for each row';

function describe(model: string, found: Omit<Inspection, 'tensors'>, imageSize: number): string {
  const { shards, unexpected, leftOut, ignored, containers, prefix } = found;
  const unreadable = Object.entries(found.unreadable).map(([name, what]) => `${name} (${what})`);
  const passedOver = Object.entries(found.passedOver).map(([name, count]) => `${name} (${count})`);
  const line = (key: string, values: readonly string[], least = 1): [string, string][] =>
    values.length < least ? [] : [[key, values.join(', ')]];
  return listing(
    [
      ['model', model],
      ['file', found.file],
      ['type', found.modelType ?? 'unknown'],
      ['architecture', found.architecture ?? 'unknown'],
      ['configuration', found.configuration],
      ['parameters', found.parameters.toLocaleString('en')],
      ['weights', `${megabytes(found.weightBytes)}, ${counts(found.dtypes)}`],
      ...(found.precision === 'i8' ? [['precision', QUANTISED] as const] : []),
      ...(shards.length > 0 ? [['shards', `${shards.length}: ${shards.join(', ')}`] as const] : []),
      ['names', found.keyScheme],
      ...(prefix === '' ? [] : [['prefix', prefix] as const]),
      ...line('containers', containers, 2),
      ['labels', found.labels === undefined ? 'no classifier' : String(found.labels)],
      ['memory', describeMemory(found, imageSize)],
      ...line('unknown', unexpected),
      ...line('only for training', leftOut),
      ...line('left out', ignored),
      ...line('not read', unreadable),
      ...line('passed over', passedOver),
      ...Object.entries(found.metadata).map(([key, value]) => [`metadata.${key}`, value] as const),
    ],
    19,
  );
}

async function run(model: string, parsed: Parsed): Promise<void> {
  const { imageSize } = valuesOf(INSPECT_OPTIONS, parsed);
  const options = valuesOf(OPTIONS, parsed);
  const { tensors, ...found } = await interruptible((signal) =>
    inspect(model, {
      ...repositoryOptions(parsed),
      ...valuesOf(WEIGHTS_OPTIONS, parsed),
      imageSize,
      fields: valuesOf(FIELD_OPTIONS, parsed),
      signal,
    }),
  );
  for (const warning of found.warnings) note(warning);
  if (options.json) {
    const json = { model, ...found, ...(options.tensors && { tensors }) };
    process.stdout.write(`${JSON.stringify(json)}\n`);
    return;
  }
  process.stdout.write(`${describe(model, found, imageSize)}\n`);
  if (!options.tensors) return;
  for (const { name, ours, dtype, shape } of tensors) {
    process.stdout.write(`${dtype}\t[${shape.join(', ')}]\t${printable(name)}\t${ours ?? 'unknown'}\n`);
  }
}

const EXAMPLES = `
Without a config.json the configuration is inferred from the tensors, and said to be.

Examples:
  $ dinov2 inspect ${DIGITS_MODEL}
  $ dinov2 inspect facebook/dinov2-base --image-size 518 --tensors
  $ dinov2 inspect dinov2_vits14_pretrain.pth --json`;

/** The verb `inspect`. */
export function inspectCommand(): Command {
  const command = new Command('inspect').argument(
    '<model>',
    'folder, Hub id, URL, .safetensors or .pth file',
  );
  const source = [WEIGHTS_OPTIONS, REPOSITORY_OPTIONS, FIELD_OPTIONS];
  return addFlags(command, INSPECT_OPTIONS, OPTIONS, ...source)
    .addHelpText('after', EXAMPLES)
    .action(run);
}
