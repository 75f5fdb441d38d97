/** `dinov2 convert`: weights of any system into files of any system. */
import { Command, Option } from 'commander';
import {
  CONVERSION_DTYPES,
  type Conversion,
  convert,
  KEY_SCHEME_DESCRIPTIONS,
  type KeySchemeName,
  OptionError,
} from '../../lib/index.ts';
import { addHeadsOption, addSourceOptions, addWeightsOptions } from '../common-options.ts';
import { interruptible } from '../interruption.ts';
import { configFields, repositoryOptions, weightsOptions } from '../load-model.ts';
import { printable } from '../messages.ts';
import { startProgress } from '../progress.ts';
import { readConfigFile } from '../read-config-file.ts';
import { LABELS_HELP, readLabels } from '../read-labels.ts';
import {
  addOnnxOptions,
  convertToOnnxFile,
  imageSize,
  ONNX_ONLY,
  type OnnxVerbOptions,
} from './convert-to-onnx.ts';

interface ConvertVerbOptions extends OnnxVerbOptions {
  to: KeySchemeName | 'onnx';
  maxShardSize?: string;
  dryRun?: boolean;
}

function describe(target: string, done: Conversion, dryRun: boolean): string {
  const { config } = done;
  const dtypes = Object.entries(done.dtypes).map(([dtype, count]) => `${count} ${dtype}`);
  const rows = [
    ['names', `${KEY_SCHEME_DESCRIPTIONS[done.from]} → ${KEY_SCHEME_DESCRIPTIONS[done.to]}`],
    [
      'model',
      `${config.modelType}, ${config.numHiddenLayers} blocks, ${config.hiddenSize} wide, ${config.numAttentionHeads} heads${done.configInferred ? '; inferred from the tensors' : ''}`,
    ],
    ['tensors', `${done.tensors} (${dtypes.join(', ')}), ${(done.bytes / 1e6).toFixed(1)} MB`],
    ['files', done.files.join(', ')],
    ...done.lost.map(({ name, why }) => ['lost', `${name}: ${why}`]),
    ...done.added.map(({ name, why }) => ['added', `${name}: ${why}`]),
    ...(done.leftOut.length > 0 ? [['left out', `${done.leftOut.length} tensors of training`]] : []),
    ...done.overflowed.map(({ name, values }) => ['overflow', `${name}: ${values} values became infinite`]),
    ...done.warnings.map((text) => ['note', text]),
  ];
  const lines = rows.map(([key = '', value = '']) => printable(`${key.padEnd(10)}${value}`));
  return [...lines, printable(`${dryRun ? 'would write' : 'wrote'} ${target}`)].join('\n');
}

async function run(source: string, target: string, options: ConvertVerbOptions): Promise<void> {
  const { to, dtype, maxShardSize, head, overwrite, dryRun = false, json } = options;
  if (to === 'onnx' || target.endsWith('.onnx')) {
    if (to !== 'onnx' && to !== 'hf') {
      throw new OptionError(`--to: expected onnx for a target that ends in .onnx, got ${to}`);
    }
    refuse(options, ['maxShardSize', 'dryRun'], 'for ONNX');
    return convertToOnnxFile(source, target, options);
  }
  refuse(options, ONNX_ONLY, 'but for ONNX: a target that ends in .onnx, or --to onnx');
  const labels = options.labels === undefined ? undefined : await readLabels(options.labels);
  const config = options.config === undefined ? undefined : await readConfigFile(options.config);
  const [imageSize] = options.imageSize ?? [];
  const bar = await startProgress('converting', 0, 'bytes');
  let done: Conversion;
  try {
    done = await interruptible((signal) =>
      convert(source, target, {
        ...repositoryOptions(options),
        ...weightsOptions(options),
        to,
        dtype,
        maxShardSize,
        head,
        labels,
        config,
        fields: { ...configFields(options), ...(imageSize && { imageSize }) },
        overwrite,
        dryRun,
        signal,
        onProgress: ({ loaded, total }) => bar.update(loaded, total),
        onWrite: (written, total) => bar.update(written, total),
      }),
    );
  } finally {
    bar.stop();
  }
  const text = json ? JSON.stringify({ target, ...done }) : describe(target, done, dryRun);
  process.stdout.write(`${text}\n`);
}

/** @throws OptionError if one of the options is given, which has no meaning here */
function refuse(
  options: ConvertVerbOptions,
  names: readonly (keyof ConvertVerbOptions)[],
  where: string,
): void {
  const given = names.find((name) => options[name] !== undefined);
  if (given === undefined) return;
  const flag = given.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  throw new OptionError(`--${flag}: expected no such option ${where}`);
}

/** Builds the verb. */
export function convertCommand(): Command {
  const command = new Command('convert')
    .description('weights of any system into safetensors of any system, or an ONNX model')
    .argument('<source>', 'folder, Hub id, URL, or .safetensors, .pth or .bin file')
    .argument('<target>', 'folder, or a .safetensors file for the weights alone, or an .onnx file')
    .addOption(
      new Option('--to <names>', 'whose names the result has; onnx: a folder for transformers.js')
        .choices([...Object.keys(KEY_SCHEME_DESCRIPTIONS), 'onnx'])
        .default('hf'),
    )
    .addOption(
      new Option('--dtype <dtype>', 'dtype of the weights (default: as they are; for ONNX f32)').choices([
        ...CONVERSION_DTYPES,
      ]),
    )
    .option('--max-shard-size <size>', 'largest file of weights, such as 5GB (default: 50GB)')
    .option('--head <source>', 'a linear head in a file of its own, for a backbone that has none')
    .option('--labels <file>', LABELS_HELP)
    .option('--config <file>', 'a config.json, where the source has none')
    .option(
      '--image-size <pixels>',
      'for ONNX: of the images, one number or HEIGHTxWIDTH; else: trained size, where there is no config to say it',
      imageSize,
    )
    .option('--overwrite', 'replace a model that is already at the target')
    .option('--dry-run', 'say what would be done, and write nothing; not for ONNX')
    .option('--json', 'one JSON object')
    .addHelpText(
      'after',
      `
Examples:
  $ dinov2 convert dinov2_vitb14_pretrain.pth dinov2-base
  $ dinov2 convert facebook/dinov2-base dinov2-base-f16 --dtype f16
  $ dinov2 convert facebook/dinov2-base dinov2_vitb14.safetensors --to original
  $ dinov2 convert dinov2_vits14_pretrain.pth classifier --head dinov2_vits14_linear4_head.pth --labels imagenet-1k
  $ dinov2 convert facebook/dinov2-base model.onnx --image-size 224
  $ dinov2 convert facebook/dinov2-base for-transformers-js --to onnx`,
    );
  return addHeadsOption(addSourceOptions(addWeightsOptions(addOnnxOptions(command)))).action(run);
}
