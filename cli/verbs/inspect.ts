/** `dinov2 inspect`: what a checkpoint is, without loading its weights. */
import { Command } from 'commander';
import type { Dinov2Config } from '../../lib/configuration/dinov2-config.ts';
import { readConfig } from '../../lib/loading/load-model.ts';
import type { Checkpoint } from '../../weights/checkpoint.ts';
import { elementCount } from '../../weights/element-count.ts';
import { mapCheckpoint } from '../../weights/key-schemes/map-checkpoint.ts';
import { KEY_SCHEMES } from '../../weights/key-schemes/schemes.ts';
import { openCheckpoint } from '../../weights/open-checkpoint.ts';
import { openRepository } from '../../weights/repositories/open-repository.ts';
import { addSourceOptions, type ModelOptions, positiveInteger } from '../common-options.ts';
import { interruptible } from '../interruption.ts';
import { repositoryOptions } from '../load-model.ts';
import { estimateMemory } from '../memory-estimate.ts';
import { printable } from '../messages.ts';

interface InspectVerbOptions extends Partial<ModelOptions> {
  imageSize: number;
  tensors?: boolean;
  json?: boolean;
}

/** What there is to say about a checkpoint. */
interface Inspection {
  model: string;
  modelType: string;
  architecture: string;
  parameters: number;
  weightBytes: number;
  dtypes: Record<string, number>;
  keyScheme: string;
  unexpected: readonly string[];
  labels: number | undefined;
  tokens: number;
  memoryBytes: number;
  metadata: Readonly<Record<string, string>>;
}

function inspect(model: string, config: Dinov2Config, checkpoint: Checkpoint, imageSize: number): Inspection {
  const { scheme, parameters, unexpected } = mapCheckpoint(checkpoint);
  const dtypes: Record<string, number> = {};
  let count = 0;
  let weightBytes = 0;
  for (const { dtype, shape, byteLength } of checkpoint.tensors.values()) {
    dtypes[dtype] = (dtypes[dtype] ?? 0) + 1;
    count += elementCount(shape);
    weightBytes += byteLength;
  }
  const memory = estimateMemory(config, count, imageSize);
  const ffn = config.useSwigluFfn ? 'SwiGLU' : 'MLP';
  return {
    model,
    modelType: config.modelType,
    architecture: `${config.numHiddenLayers} blocks, ${config.hiddenSize} wide, ${config.numAttentionHeads} heads, ${ffn} ${config.ffnHiddenSize}, patch ${config.patchSize}, ${config.numRegisterTokens} registers, trained at ${config.imageSize}`,
    parameters: count,
    weightBytes,
    dtypes,
    keyScheme: KEY_SCHEMES[scheme].description,
    unexpected,
    labels: parameters.has('head.weight') ? config.numLabels : undefined,
    tokens: memory.tokens,
    memoryBytes: memory.bytes,
    metadata: checkpoint.metadata,
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}

function describe(found: Inspection, imageSize: number): string {
  const dtypes = Object.entries(found.dtypes).map(([dtype, count]) => `${count} ${dtype}`);
  const rows = [
    ['model', found.model],
    ['type', found.modelType],
    ['architecture', found.architecture],
    ['parameters', found.parameters.toLocaleString('en')],
    ['weights', `${megabytes(found.weightBytes)}, ${dtypes.join(', ')}`],
    ['names', found.keyScheme],
    ['labels', found.labels === undefined ? 'no classifier' : String(found.labels)],
    [
      'memory',
      `about ${megabytes(found.memoryBytes)} for one picture of ${imageSize}×${imageSize} (${found.tokens} tokens): weights in float32 and the widest moment of a block; Node and the buffers of loading are not counted`,
    ],
    ...(found.unexpected.length > 0 ? [['unknown', found.unexpected.join(', ')]] : []),
    ...Object.entries(found.metadata).map(([key, value]) => [`metadata.${key}`, value]),
  ];
  return rows.map(([key = '', value = '']) => printable(`${key.padEnd(17)}${value}`)).join('\n');
}

async function run(model: string, options: InspectVerbOptions): Promise<void> {
  const { config, checkpoint } = await interruptible(async (signal) => {
    const repository = await openRepository(model, { ...repositoryOptions(options), signal });
    return { config: await readConfig(repository), checkpoint: await openCheckpoint(repository) };
  });
  try {
    const found = inspect(model, config, checkpoint, options.imageSize);
    const tensors = [...checkpoint.tensors.values()].map(({ name, dtype, shape }) => ({
      name,
      dtype,
      shape,
    }));
    if (options.json) {
      process.stdout.write(`${JSON.stringify(options.tensors ? { ...found, tensors } : found)}\n`);
      return;
    }
    process.stdout.write(`${describe(found, options.imageSize)}\n`);
    if (options.tensors) {
      for (const { name, dtype, shape } of tensors)
        process.stdout.write(`${dtype}\t[${shape.join(', ')}]\t${printable(name)}\n`);
    }
  } finally {
    await checkpoint.close();
  }
}

/** Builds the verb. */
export function inspectCommand(): Command {
  const command = new Command('inspect')
    .description('architecture, parameters, dtypes, names and memory of a checkpoint')
    .argument('<model>', 'folder, Hub id, URL or .safetensors file')
    .option('--image-size <pixels>', 'the size the memory estimate is for', positiveInteger, 224)
    .option('--tensors', 'list every tensor')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  $ dinov2 inspect models/digits
  $ dinov2 inspect facebook/dinov2-base --image-size 518 --tensors`,
    );
  return addSourceOptions(command).action(run);
}
