/** `dinov2 inspect`: what a checkpoint is, without loading its weights. */
import { Command } from 'commander';
import { type Inspection, inspect } from '../../lib/index.ts';
import {
  addHeadsOption,
  addSourceOptions,
  addWeightsOptions,
  type ModelOptions,
  positiveInteger,
} from '../common-options.ts';
import { interruptible } from '../interruption.ts';
import { configFields, repositoryOptions, weightsOptions } from '../load-model.ts';
import { printable, say } from '../messages.ts';

interface InspectVerbOptions extends Partial<ModelOptions> {
  imageSize: number;
  tensors?: boolean;
  json?: boolean;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function describeMemory(
  { memoryBytes, tokens }: Pick<Inspection, 'memoryBytes' | 'tokens'>,
  imageSize: number,
): string {
  return memoryBytes === undefined
    ? 'unknown, as the configuration is'
    : `about ${megabytes(memoryBytes)} for one image of ${imageSize}×${imageSize} (${tokens} tokens): weights in float32 and the widest moment of a block; Node and the buffers of loading are not counted`;
}

function describe(model: string, found: Omit<Inspection, 'tensors'>, imageSize: number): string {
  const dtypes = Object.entries(found.dtypes).map(([dtype, count]) => `${count} ${dtype}`);
  const { shards, unexpected, leftOut, ignored, containers, prefix } = found;
  const unreadable = Object.entries(found.unreadable).map(([name, what]) => `${name} (${what})`);
  const passedOver = Object.entries(found.passedOver).map(([name, count]) => `${name} (${count})`);
  const rows = [
    ['model', model],
    ['file', found.file],
    ['type', found.modelType ?? 'unknown'],
    ['architecture', found.architecture ?? 'unknown'],
    ['configuration', found.configuration],
    ['parameters', found.parameters.toLocaleString('en')],
    ['weights', `${megabytes(found.weightBytes)}, ${dtypes.join(', ')}`],
    ...(shards.length > 0 ? [['shards', `${shards.length}: ${shards.join(', ')}`]] : []),
    ['names', found.keyScheme],
    ...(prefix === '' ? [] : [['prefix', prefix]]),
    ...(containers.length > 1 ? [['containers', containers.join(', ')]] : []),
    ['labels', found.labels === undefined ? 'no classifier' : String(found.labels)],
    ['memory', describeMemory(found, imageSize)],
    ...(unexpected.length > 0 ? [['unknown', unexpected.join(', ')]] : []),
    ...(leftOut.length > 0 ? [['only for training', leftOut.join(', ')]] : []),
    ...(ignored.length > 0 ? [['left out', ignored.join(', ')]] : []),
    ...(unreadable.length > 0 ? [['not read', unreadable.join(', ')]] : []),
    ...(passedOver.length > 0 ? [['passed over', passedOver.join(', ')]] : []),
    ...Object.entries(found.metadata).map(([key, value]) => [`metadata.${key}`, value]),
  ];
  return rows.map(([key = '', value = '']) => printable(`${key.padEnd(18)} ${value}`)).join('\n');
}

async function run(model: string, options: InspectVerbOptions): Promise<void> {
  const { tensors, ...found } = await interruptible((signal) =>
    inspect(model, {
      ...repositoryOptions(options),
      ...weightsOptions(options),
      imageSize: options.imageSize,
      fields: configFields(options),
      signal,
    }),
  );
  for (const warning of found.warnings) say(warning);
  if (options.json) {
    const json = { model, ...found, ...(options.tensors && { tensors }) };
    process.stdout.write(`${JSON.stringify(json)}\n`);
    return;
  }
  process.stdout.write(`${describe(model, found, options.imageSize)}\n`);
  if (!options.tensors) return;
  for (const { name, ours, dtype, shape } of tensors) {
    process.stdout.write(`${dtype}\t[${shape.join(', ')}]\t${printable(name)}\t${ours ?? 'unknown'}\n`);
  }
}

/** Builds the verb. */
export function inspectCommand(): Command {
  const command = new Command('inspect')
    .description('architecture, parameters, dtypes, names and memory of a checkpoint')
    .argument('<model>', 'folder, Hub id, URL, .safetensors or .pth file')
    .option('--image-size <pixels>', 'the size the memory estimate is for', positiveInteger, 224)
    .option('--tensors', 'list every tensor: dtype, shape, name in the file, name in the original code')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      `
Without a config.json the configuration is inferred from the tensors, and said to be.

Examples:
  $ dinov2 inspect models/digits
  $ dinov2 inspect facebook/dinov2-base --image-size 518 --tensors
  $ dinov2 inspect dinov2_vits14_pretrain.safetensors --json`,
    );
  return addHeadsOption(addSourceOptions(addWeightsOptions(command))).action(run);
}
