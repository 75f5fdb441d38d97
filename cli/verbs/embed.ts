/** `dinov2 embed`: one vector for each image. */
import { Command } from 'commander';
import { Dinov2Model, EMBED_OPTIONS, embed, option } from '../../lib/index.ts';
import { BATCH_OPTIONS, eachBatch } from '../each-batch.ts';
import { expandImages } from '../expand-images.ts';
import { addFlags, type Parsed, valuesOf } from '../flags.ts';
import { type Embedding, embeddingsEncoder, jsonLine } from '../formats/embeddings.ts';
import { loadProcessor, loadWithProgress, onEngine } from '../load-model.ts';
import { printable } from '../messages.ts';
import { MODEL_TABLES } from '../model-options.ts';
import { requireWritable, writeOutput } from '../write-file.ts';

const OPTIONS = {
  output: option.text({
    flag: '-o, --output <file>',
    help: 'write to a .npy, .safetensors, .jsonl or .csv file',
  }),
};

async function run(words: string[], parsed: Parsed): Promise<void> {
  const { output } = valuesOf(OPTIONS, parsed);
  const encode = output === undefined ? undefined : embeddingsEncoder(output);
  if (output !== undefined) await requireWritable(output);
  const paths = await expandImages(words);
  const processor = await loadProcessor(parsed);
  using model = await loadWithProgress(parsed, (source, load) => Dinov2Model.fromPretrained(source, load));
  using runnable = await onEngine(model, parsed);
  const all: Embedding[] = [];
  const { batchSize } = valuesOf(BATCH_OPTIONS, parsed);
  await eachBatch(
    'embedding',
    { paths, processor, batchSize },
    (pixelValues) => embed(runnable, pixelValues, valuesOf(EMBED_OPTIONS, parsed)),
    (image, vector) => {
      if (output !== undefined) all.push({ image, vector });
      else process.stdout.write(`${jsonLine({ image, vector })}\n`);
    },
  );
  const [first] = all;
  if (output === undefined || encode === undefined || first === undefined) return;
  await writeOutput(output, encode(all));
  process.stderr.write(
    `wrote ${all.length} embeddings of ${first.vector.length} values to ${printable(output)}\n`,
  );
}

const EXAMPLES = `
Examples:
  $ dinov2 embed cat.jpg --model facebook/dinov2-small
  $ dinov2 embed photos/ --model facebook/dinov2-base --normalize --output photos.npy`;

/** The verb `embed`. */
export function embedCommand(): Command {
  const command = new Command('embed').argument(
    '<images...>',
    'image files, folders, globs, URLs, or - for names or an image on stdin',
  );
  return addFlags(command, ...MODEL_TABLES, EMBED_OPTIONS, OPTIONS, BATCH_OPTIONS)
    .addHelpText('after', EXAMPLES)
    .action(run);
}
