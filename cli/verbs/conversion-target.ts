/** What `dinov2 convert` can make of a checkpoint. */
import {
  type Dinov2Config,
  HEAD_OPTIONS,
  type HeadOptions,
  OptionError,
  option,
  REPOSITORY_OPTIONS,
  type RepositoryOptions,
  WEIGHTS_OPTIONS,
  type WeightsOptions,
} from '../../lib/index.ts';
import { type Parsed, valuesOf } from '../flags.ts';
import { interruptible } from '../interruption.ts';
import { repositoryOptions } from '../load-model.ts';
import { FIELD_OPTIONS } from '../model-options.ts';
import { startProgress } from '../progress.ts';
import { CONFIG_OPTIONS, readConfigFile } from '../read-config-file.ts';
import { LABELS_OPTIONS, readLabels } from '../read-labels.ts';

/** One kind of result, with the options it has. */
export interface ConversionTarget {
  readonly tables: readonly option.Table[];
  /** what the help says of an option that only this target has */
  explain(help: string): string;
  /** what a refusal says of an option that this target has not */
  readonly refusal: string;
  convert(source: string, target: string, parsed: Parsed): Promise<void>;
}

/** The options of every target that only the command has. */
export const TARGET_OPTIONS = {
  imageSize: option.value<readonly [height: number, width: number]>({
    flag: '--image-size <pixels>',
    help: 'for ONNX: of the images, one number or HEIGHTxWIDTH; else: trained size, where there is no config to say it',
    parse: imageSize,
  }),
  json: option.bool({ flag: '--json', help: 'one JSON object' }),
};

/** The tables of every target. */
export const SHARED_TABLES: readonly option.Table[] = [
  HEAD_OPTIONS,
  LABELS_OPTIONS,
  CONFIG_OPTIONS,
  TARGET_OPTIONS,
  WEIGHTS_OPTIONS,
  REPOSITORY_OPTIONS,
  FIELD_OPTIONS,
];

/** `224`, or `448x336`. */
function imageSize(text: string): [height: number, width: number] {
  const found = /^(\d+)(?:[x×](\d+))?$/.exec(text);
  if (found === null) throw new OptionError('expected pixels, as in 224 or 448x336');
  const [, height = '', width = height] = found;
  if (Number(height) === 0 || Number(width) === 0) throw new OptionError('expected a positive integer');
  return [Number(height), Number(width)];
}

/** The options that every conversion takes, as the library takes them. */
interface SharedOptions extends RepositoryOptions, WeightsOptions, HeadOptions {
  config?: Dinov2Config;
  fields: option.ReadOptions<typeof FIELD_OPTIONS>;
  onWrite(written: number, total: number): void;
}

/**
 * Converts with a bar for reading and writing, and prints what was done.
 *
 * @param convert the conversion itself
 * @param describe what was done, for people
 */
export async function converting<Done>(
  parsed: Parsed,
  convert: (options: SharedOptions) => Promise<Done>,
  describe: (done: Done) => string,
): Promise<void> {
  const files = { ...(await readLabels(parsed)), ...(await readConfigFile(parsed)) };
  const bar = await startProgress('converting', 0, 'bytes');
  // tensors are read as they are written: one bar is for the latter
  let isWriting = false;
  let done: Done;
  try {
    done = await interruptible((signal) =>
      convert({
        ...repositoryOptions(parsed),
        ...valuesOf(WEIGHTS_OPTIONS, parsed),
        ...valuesOf(HEAD_OPTIONS, parsed),
        ...files,
        fields: valuesOf(FIELD_OPTIONS, parsed),
        signal,
        onProgress: ({ loaded, total }) => {
          if (!isWriting) bar.update(loaded, total);
        },
        onWrite: (written, total) => {
          isWriting = true;
          bar.update(written, total);
        },
      }),
    );
  } finally {
    bar.stop();
  }
  const { json } = valuesOf(TARGET_OPTIONS, parsed);
  process.stdout.write(`${json ? JSON.stringify(done) : describe(done)}\n`);
}
