/** `dinov2 features`: every internal of one image's forward pass, in a file. */
import { Command } from 'commander';
import {
  Dinov2Model,
  encodeSafetensors,
  GRAPH_CACHE_OPTIONS,
  OptionError,
  option,
  REFERENCE_FORMAT,
  readFloat32,
} from '../../lib/index.ts';
import { writtenNumbers } from '../../options/written-number.ts';
import { expandImages } from '../expand-images.ts';
import { addFlags, type Parsed, valuesOf } from '../flags.ts';
import { imageOf, shownName } from '../image-source.ts';
import { loadOnEngine, loadProcessor } from '../load-model.ts';
import { note } from '../messages.ts';
import { MODEL_TABLES } from '../model-options.ts';
import { DIGITS, DIGITS_MODEL } from '../package.ts';
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

const OWN_OPTIONS = {
  output: option.required(
    option.text({ flag: '-o, --output <file>', help: 'the .safetensors file to write' }),
  ),
  json: option.bool({ flag: '--json', help: 'one JSON object that says what was written' }),
};

function layerList(text: string): number[] {
  const layers = writtenNumbers(text);
  if (!layers.every(Number.isSafeInteger)) throw new OptionError('expected integers with commas between');
  return layers;
}

async function run(word: string, parsed: Parsed): Promise<void> {
  const { output: file, json } = valuesOf(OWN_OPTIONS, parsed);
  if (!file.endsWith('.safetensors')) {
    throw new OptionError(`--output: expected a file ending in .safetensors, got ${file}`);
  }
  await requireWritable(file);
  const [image = word, ...others] = await expandImages([word]);
  if (others.length > 0) throw new OptionError(`${word}: expected one image, got ${others.length + 1}`);
  const processor = await loadProcessor(parsed);
  using runnable = await loadOnEngine(parsed, Dinov2Model, {});
  const name = shownName(image);
  const { pixelValues } = await processor.preprocess(await imageOf(image), { names: [name] });
  using output = await runnable.forward(pixelValues, valuesOf(OPTIONS, parsed));
  const tensors: Record<string, Parameters<typeof encodeSafetensors>[0][string]> = {
    pixel_values: pixelValues,
  };
  for (const [name, tensor] of output.named) {
    tensors[name] = { shape: tensor.shape, data: await readFloat32(tensor) };
  }
  const metadata = { format: REFERENCE_FORMAT, architecture: 'Dinov2Model', image };
  await writeOutput(file, encodeSafetensors(tensors, metadata));
  const written = Object.entries(tensors).map(([name, { shape }]) => ({ name, shape }));
  const lines = json
    ? [JSON.stringify({ image, output: file, tensors: written, warnings: output.warnings })]
    : written.map(({ name, shape }) => `${name}\t[${shape.join(', ')}]`);
  process.stdout.write(`${lines.join('\n')}\n`);
  for (const warning of output.warnings) note(warning);
}

const EXAMPLES = `
Examples:
  $ dinov2 features ${DIGITS}/two.png --model ${DIGITS_MODEL} --layers 0,2,4 -o two.safetensors
  $ dinov2 features cat.jpg --model facebook/dinov2-small --layers=-1 --attentions -o cat.safetensors`;

/** The verb `features`. */
export function featuresCommand(): Command {
  const command = new Command('features').argument('<image>', 'an image file, its URL, or - for stdin');
  return addFlags(command, ...MODEL_TABLES, GRAPH_CACHE_OPTIONS, OPTIONS, OWN_OPTIONS)
    .addHelpText('after', EXAMPLES)
    .action(run);
}
