/** `dinov2 embed`: one vector for each image. */
import { Command, Option } from 'commander';
import { Dinov2Model, embed, POOLINGS, type Pooling } from '../../lib/index.ts';
import { addModelOptions, type ModelOptions, positiveInteger } from '../common-options.ts';
import { eachBatch } from '../each-batch.ts';
import { expandImages } from '../expand-images.ts';
import {
  type Embeddings,
  encodeEmbeddings,
  jsonLine,
  requireEmbeddingsFormat,
} from '../formats/embeddings.ts';
import { loadProcessor, loadWithProgress, onEngine } from '../load-model.ts';
import { printable } from '../messages.ts';
import { requireWritable, writeOutput } from '../write-file.ts';

interface EmbedVerbOptions extends ModelOptions {
  pool: Pooling;
  normalize?: boolean;
  output?: string;
  batchSize: number;
}

async function run(words: string[], options: EmbedVerbOptions): Promise<void> {
  const { output, batchSize, pool, normalize = false } = options;
  if (output !== undefined) {
    requireEmbeddingsFormat(output);
    await requireWritable(output);
  }
  const paths = await expandImages(words);
  const processor = await loadProcessor(options);
  using model = await loadWithProgress(options, (source, load) => Dinov2Model.fromPretrained(source, load));
  using runnable = await onEngine(model, options);
  const all: Embeddings = { names: [], vectors: [] };
  await eachBatch('embedding', { paths, processor, batchSize }, async ({ names, pixelValues }) => {
    const vectors = await embed(runnable, pixelValues, { pool, normalize });
    if (output === undefined) {
      for (const [i, vector] of vectors.entries())
        process.stdout.write(`${jsonLine(names[i] ?? '', vector)}\n`);
    } else {
      all.names.push(...names);
      all.vectors.push(...vectors);
    }
  });
  if (output !== undefined && all.names.length > 0) {
    await writeOutput(output, encodeEmbeddings(output, all));
    process.stderr.write(
      `wrote ${all.names.length} embeddings of ${all.vectors[0]?.length ?? 0} values to ${printable(output)}\n`,
    );
  }
}

/** Builds the verb. */
export function embedCommand(): Command {
  const command = new Command('embed')
    .description('one vector for each image; a line of JSON each, or a file')
    .argument('<images...>', 'image files, folders or globs');
  addModelOptions(command)
    .addOption(
      new Option('--pool <how>', 'how tokens become one vector').choices([...POOLINGS]).default('cls'),
    )
    .option('--normalize', 'divide each vector by its length')
    .option('-o, --output <file>', 'write to a .npy, .safetensors, .jsonl or .csv file')
    .option('--batch-size <n>', 'images computed at once', positiveInteger, 1)
    .addHelpText(
      'after',
      `
Examples:
  $ dinov2 embed cat.jpg --model facebook/dinov2-small
  $ dinov2 embed photos/ --model facebook/dinov2-base --normalize --output photos.npy`,
    );
  return command.action(run);
}
