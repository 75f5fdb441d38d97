/** `dinov2 features`: every internal of one image's forward pass, in a file. */
import { Command } from 'commander';
import {
  Dinov2Model,
  encodeSafetensors,
  OptionError,
  option,
  REFERENCE_FORMAT,
  readFloat32,
} from '../../lib/index.ts';
import { addFlags, type Parsed, valuesOf } from '../flags.ts';
import { imageBatches } from '../load-images.ts';
import { loadProcessor, loadWithProgress, onEngine } from '../load-model.ts';
import { say } from '../messages.ts';
import { MODEL_TABLES } from '../model-options.ts';
import { requireWritable, writeOutput } from '../write-file.ts';

const OPTIONS = {
  outputHiddenStates: option.required(
    option.value<number[]>({
      flag: '-l, --layers <list>',
      help: '0 for the embeddings, i for the output of block i, −1 for the last',
      parse: layerList,
    }),
  ),
  outputAttentions: option.bool({
    default: false,
    flag: '--attentions',
    help: 'the attention weights of every block too',
  }),
};

const OUTPUT = {
  output: option.required(
    option.text({ flag: '-o, --output <file>', help: 'the .safetensors file to write' }),
  ),
};

function layerList(text: string): number[] {
  const layers = text.split(',').map((word) => (word.trim() === '' ? Number.NaN : Number(word)));
  if (!layers.every(Number.isSafeInteger)) throw new OptionError('expected integers with commas between');
  return layers;
}

async function run(image: string, parsed: Parsed): Promise<void> {
  const { output: file } = valuesOf(OUTPUT, parsed);
  if (!file.endsWith('.safetensors')) {
    throw new OptionError(`--output: expected a file ending in .safetensors, got ${file}`);
  }
  await requireWritable(file);
  const processor = await loadProcessor(parsed);
  const report = (message: string): void => {
    throw new OptionError(message);
  };
  using model = await loadWithProgress(parsed, (source, load) => Dinov2Model.fromPretrained(source, load));
  using runnable = await onEngine(model, parsed);
  for await (const { pixelValues } of imageBatches([image], processor, 1, report)) {
    using output = await runnable.forward(pixelValues, valuesOf(OPTIONS, parsed));
    const tensors: Record<string, Parameters<typeof encodeSafetensors>[0][string]> = {
      pixel_values: pixelValues,
    };
    for (const [name, tensor] of output.named) {
      tensors[name] = { shape: tensor.shape, data: await readFloat32(tensor) };
    }
    const metadata = { format: REFERENCE_FORMAT, architecture: 'Dinov2Model', image };
    await writeOutput(file, encodeSafetensors(tensors, metadata));
    for (const [name, { shape }] of Object.entries(tensors)) {
      process.stdout.write(`${name}\t[${shape.join(', ')}]\n`);
    }
    for (const warning of output.warnings) say(warning);
  }
}

const EXAMPLES = `
Examples:
  $ dinov2 features cat.jpg --model facebook/dinov2-base --layers 3,6,9,12 -o cat.safetensors
  $ dinov2 features cat.jpg --model facebook/dinov2-small --layers=-1 --attentions -o cat.safetensors`;

/** The verb `features`. */
export function featuresCommand(): Command {
  const command = new Command('features')
    .description('hidden states and attentions of one image, in a safetensors file')
    .argument('<image>', 'an image file');
  return addFlags(command, ...MODEL_TABLES, OPTIONS, OUTPUT)
    .addHelpText('after', EXAMPLES)
    .action(run);
}
