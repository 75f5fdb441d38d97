/** `dinov2 embed`: one vector for each image. */
import { Command } from 'commander';
import {
  Dinov2Model,
  EMBED_OPTIONS,
  embedImages,
  GRAPH_CACHE_OPTIONS,
  OptionError,
  option,
} from '../../lib/index.ts';
import { BATCH_OPTIONS, eachImage, printFailure } from '../each-image.ts';
import { EmbeddingsOutput, requireOutput } from '../embeddings-output.ts';
import { expandImages } from '../expand-images.ts';
import { addFlags, type Parsed, valuesOf } from '../flags.ts';
import { jsonLine } from '../formats/embeddings.ts';
import { loadOnEngine, loadProcessor, loadWithProgress, onEngine } from '../load-model.ts';
import { MODEL_TABLES } from '../model-options.ts';
import { DIGITS, DIGITS_MODEL } from '../package.ts';
import { runSettings } from '../run-settings.ts';

const OPTIONS = {
  output: option.text({
    flag: '-o, --output <file>',
    help: 'write to a .npy, .safetensors, .jsonl or .csv file',
  }),
  json: option.bool({ flag: '--json', help: 'say what could not be read in lines of JSON too' }),
  resume: option.bool({
    default: false,
    flag: '--resume',
    help: 'go on after a run that was stopped, with what it left beside the output',
  }),
};

async function run(words: string[], parsed: Parsed): Promise<void> {
  const { output: file, json, resume } = valuesOf(OPTIONS, parsed);
  if (file !== undefined) await requireOutput(file);
  else if (resume) throw new OptionError('--resume: expected --output, got none; add it');
  const images = await expandImages(words);
  const processor = await loadProcessor(parsed);
  // a run that may be resumed is known by its weights
  using model =
    file === undefined
      ? undefined
      : await loadWithProgress(parsed, (source, load) => Dinov2Model.fromPretrained(source, load));
  using runnable = await (model ? onEngine(model, parsed) : loadOnEngine(parsed, Dinov2Model, {}));
  const settings = model ? await runSettings(parsed, model, processor) : {};
  using output = file === undefined ? undefined : new EmbeddingsOutput(file, images, settings, resume);
  const options = { processor, ...valuesOf(BATCH_OPTIONS, parsed), ...valuesOf(EMBED_OPTIONS, parsed) };
  await eachImage(
    'embedding',
    output?.missing ?? images,
    (missing, { onError }) => embedImages(runnable, missing, { ...options, onError }),
    (image, { vector }) => {
      if (output !== undefined) output.append({ image, vector });
      else process.stdout.write(`${jsonLine({ image, vector })}\n`);
    },
    json ? printFailure : undefined,
  );
  await output?.finish();
}

const EXAMPLES = `
Examples:
  $ dinov2 embed ${DIGITS} --model ${DIGITS_MODEL} --normalize
  $ dinov2 embed photos/ --model facebook/dinov2-base --normalize --output photos.npy
  $ dinov2 embed photos/ --model facebook/dinov2-base --normalize --output photos.npy --resume
  $ find . -name '*.jpg' -print0 | dinov2 embed - --model facebook/dinov2-small --output all.jsonl`;

/** The verb `embed`. */
export function embedCommand(): Command {
  const command = new Command('embed').argument(
    '<images...>',
    'image files, folders, globs, URLs, or - for names or an image on stdin',
  );
  return addFlags(command, ...MODEL_TABLES, GRAPH_CACHE_OPTIONS, EMBED_OPTIONS, OPTIONS, BATCH_OPTIONS)
    .addHelpText('after', EXAMPLES)
    .action(run);
}
