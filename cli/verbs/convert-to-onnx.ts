/** `dinov2 convert` with an ONNX model as its target. */
import { type Command, InvalidArgumentError, Option } from 'commander';
import {
  ARCHITECTURES,
  type Architecture,
  type ConversionDtype,
  convertToOnnx,
  ONNX_TARGETS,
  type OnnxConversion,
  OptionError,
} from '../../lib/index.ts';
import { type ModelOptions, positiveInteger } from '../common-options.ts';
import { interruptible } from '../interruption.ts';
import { configFields, repositoryOptions, startDevice, weightsOptions } from '../load-model.ts';
import { printable } from '../messages.ts';
import { startProgress } from '../progress.ts';
import { readConfigFile } from '../read-config-file.ts';
import { readLabels } from '../read-labels.ts';

/** What the verb's options say of an ONNX model. */
export interface OnnxVerbOptions extends Partial<ModelOptions> {
  dtype?: ConversionDtype;
  head?: string;
  labels?: string;
  config?: string;
  imageSize?: [height: number, width: number];
  overwrite?: boolean;
  json?: boolean;
  architecture?: Architecture;
  outputs?: string[];
  hiddenStates?: boolean;
  attentions?: boolean;
  batchSize?: number;
  input?: 'float32' | 'uint8';
  target?: (typeof ONNX_TARGETS)[number];
  externalData?: boolean;
}

/** Options that mean nothing for other targets. */
export const ONNX_ONLY = [
  'architecture',
  'outputs',
  'hiddenStates',
  'attentions',
  'batchSize',
  'input',
  'target',
  'externalData',
] as const satisfies (keyof OnnxVerbOptions)[];

/** Parses `224` or `448x336`; commander reports what it throws as a usage error. */
export function imageSize(text: string): [height: number, width: number] {
  const found = /^(\d+)(?:[x×](\d+))?$/.exec(text);
  if (found === null) throw new InvalidArgumentError('expected pixels, as in 224 or 448x336');
  const [, height = '', width = height] = found;
  return [positiveInteger(height), positiveInteger(width)];
}

/** Adds the options of ONNX models. */
export function addOnnxOptions(command: Command): Command {
  return command
    .addOption(
      new Option(
        '--architecture <class>',
        'for ONNX: the class (default: the classifier where there is one, else the bare model)',
      ).choices([...ARCHITECTURES]),
    )
    .option('--outputs <names>', 'for ONNX: outputs with commas between, such as pooler_output', names)
    .option('--hidden-states', 'for ONNX: the hidden states too')
    .option('--attentions', 'for ONNX: the attention weights of every block too')
    .option('--batch-size <n>', 'for ONNX: the number of images (default: free)', positiveInteger)
    .addOption(
      new Option('--input <dtype>', 'for ONNX: preprocessed values, or bytes of resized images').choices([
        'float32',
        'uint8',
      ]),
    )
    .addOption(
      new Option(
        '--target <operators>',
        "for ONNX: ONNX's own operators, or ONNX Runtime's too (default: standard)",
      ).choices([...ONNX_TARGETS]),
    )
    .option('--external-data', 'for ONNX: weights in a second file (default: beyond 2 GB)');
}

function names(text: string): string[] {
  const list = text.split(',').map((name) => name.trim());
  if (list.some((name) => name === '')) throw new InvalidArgumentError('expected names with commas between');
  return list;
}

function describe(target: string, done: OnnxConversion): string {
  const rows = [
    ['model', `${done.architecture}, images of ${done.imageSize.join('×')}`],
    ['inputs', done.inputs.join(', ')],
    ['outputs', done.outputs.join(', ')],
    ['nodes', `${done.nodes}; ${(done.flops / 1e9).toPrecision(3)} GFLOP for an image`],
    ['weights', `${(done.bytes / 1e6).toFixed(1)} MB`],
    ['files', done.files.join(', ')],
    ...done.warnings.map((text) => ['note', text]),
  ];
  const lines = rows.map(([key = '', value = '']) => printable(`${key.padEnd(10)}${value}`));
  return [...lines, printable(`wrote ${target}`)].join('\n');
}

/** Converts a checkpoint to an ONNX model, with a bar for reading and one for writing. */
export async function convertToOnnxFile(
  source: string,
  target: string,
  options: OnnxVerbOptions,
): Promise<void> {
  const { dtype, head, hiddenStates, attentions, json } = options;
  if (dtype === 'bf16') throw new OptionError('--dtype: expected f32 or f16 for ONNX, got bf16');
  if (options.outputs !== undefined && (hiddenStates || attentions)) {
    throw new OptionError(
      '--outputs: expected all names in one list, got --hidden-states or --attentions too; name them, as in attentions.0',
    );
  }
  const labels = options.labels === undefined ? undefined : await readLabels(options.labels);
  const config = options.config === undefined ? undefined : await readConfigFile(options.config);
  // nothing is computed but what constants make: weights need no packing, and are read where they are
  await startDevice({ backend: 'cpu' });
  const bar = await startProgress('converting', 0, 'steps');
  let done: OnnxConversion;
  try {
    done = await interruptible((signal) =>
      convertToOnnx(source, target, {
        ...repositoryOptions(options),
        ...weightsOptions(options),
        imageSize: options.imageSize,
        architecture: options.architecture,
        batch: options.batchSize,
        input: options.input,
        outputs: options.outputs,
        ...(hiddenStates && { outputHiddenStates: true }),
        ...(attentions && { outputAttentions: true }),
        target: options.target,
        dtype,
        externalData: options.externalData,
        overwrite: options.overwrite,
        ...(head && { head }),
        ...(labels && { labels }),
        config,
        fields: configFields(options),
        signal,
        onProgress: ({ loaded, total }) => bar.update(loaded, total),
        onWeights: (read, total) => bar.update(read, total),
        onWrite: (written, total) => bar.update(written, total),
      }),
    );
  } finally {
    bar.stop();
  }
  process.stdout.write(`${json ? JSON.stringify({ target, ...done }) : describe(target, done)}\n`);
}
