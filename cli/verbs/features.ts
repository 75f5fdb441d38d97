/** `dinov2 features`: every internal of one image's forward pass, in a file. */
import type { Tensor } from '@tensorflow/tfjs-core';
import { Command, InvalidArgumentError } from 'commander';
import {
  Dinov2Model,
  encodeSafetensors,
  OptionError,
  REFERENCE_FORMAT,
  readFloat32,
} from '../../lib/index.ts';
import { addModelOptions, type ModelOptions } from '../common-options.ts';
import { imageBatches } from '../load-images.ts';
import { loadProcessor, loadWithProgress, onEngine } from '../load-model.ts';
import { say } from '../messages.ts';
import { requireWritable, writeOutput } from '../write-file.ts';

type NamedValues = Parameters<typeof encodeSafetensors>[0][string];

interface FeaturesVerbOptions extends ModelOptions {
  layers: number[];
  attentions?: boolean;
  output: string;
}

function layerList(text: string): number[] {
  const layers = text.split(',').map((word) => (word.trim() === '' ? Number.NaN : Number(word)));
  if (!layers.every(Number.isSafeInteger))
    throw new InvalidArgumentError('expected integers with commas between');
  return layers;
}

async function run(image: string, options: FeaturesVerbOptions): Promise<void> {
  if (!options.output.endsWith('.safetensors')) {
    throw new OptionError(`--output: expected a file ending in .safetensors, got ${options.output}`);
  }
  await requireWritable(options.output);
  const processor = await loadProcessor(options);
  const report = (message: string): void => {
    throw new OptionError(message);
  };
  using model = await loadWithProgress(options, (source, load) => Dinov2Model.fromPretrained(source, load));
  using runnable = await onEngine(model, options);
  const depth = model.config.numHiddenLayers;
  for await (const { pixelValues } of imageBatches([image], processor, 1, report)) {
    using output = await runnable.forward(pixelValues, {
      outputHiddenStates: options.layers,
      outputAttentions: options.attentions === true,
    });
    const named = [
      ['last_hidden_state', output.lastHiddenState] as const,
      ['pooler_output', output.poolerOutput] as const,
      ...(output.hiddenStates ?? []).map((state, i) => {
        const layer = options.layers[i] ?? 0;
        return [`hidden_states.${layer < 0 ? layer + depth + 1 : layer}`, state] as const;
      }),
      ...(output.attentions ?? []).map((weights, i) => [`attentions.${i}`, weights] as const),
    ];
    const tensors: Record<string, NamedValues> = { pixel_values: pixelValues };
    for (const [name, tensor] of new Map<string, Tensor>(named)) {
      tensors[name] = { shape: tensor.shape, data: await readFloat32(tensor) };
    }
    const metadata = { format: REFERENCE_FORMAT, architecture: 'Dinov2Model', image };
    await writeOutput(options.output, encodeSafetensors(tensors, metadata));
    for (const [name, { shape }] of Object.entries(tensors)) {
      process.stdout.write(`${name}\t[${shape.join(', ')}]\n`);
    }
    for (const warning of output.warnings) say(warning);
  }
}

/** Builds the verb. */
export function featuresCommand(): Command {
  const command = new Command('features')
    .description('hidden states and attentions of one image, in a safetensors file')
    .argument('<image>', 'an image file');
  addModelOptions(command)
    .requiredOption(
      '-l, --layers <list>',
      '0 for the embeddings, i for the output of block i, −1 for the last',
      layerList,
    )
    .option('--attentions', 'the attention weights of every block too')
    .requiredOption('-o, --output <file>', 'the .safetensors file to write')
    .addHelpText(
      'after',
      `
Examples:
  $ dinov2 features cat.jpg --model facebook/dinov2-base --layers 3,6,9,12 -o cat.safetensors
  $ dinov2 features cat.jpg --model facebook/dinov2-small --layers=-1 --attentions -o cat.safetensors`,
    );
  return command.action(run);
}
