/** From a checkpoint of any system to an ONNX model. */
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import {
  type ExportOnnxOptions,
  exportOnnx,
  ONNX_FILE_OPTIONS,
  type OnnxExport,
} from '../../graph/tracing/export-onnx.ts';
import { type TraceOptions, trace } from '../../graph/tracing/trace.ts';
import type { TracedGraph } from '../../graph/tracing/traced-graph.ts';
import { BitImageProcessor } from '../../images/image-processor.ts';
import type { ProcessorConfig } from '../../images/processor-config.ts';
import { readProcessorConfig } from '../../images/read-processor-config.ts';
import {
  bool,
  choice,
  names,
  type OptionsOf,
  pickOptions,
  positiveInteger,
  readOptions,
  value,
} from '../../options/rows.ts';
import { requireNode } from '../../platform/require-node.ts';
import { showShape } from '../../shapes/batch-dimension.ts';
import type { ModelSource } from '../../sources/model-source.ts';
import { openRepository } from '../../sources/open-repository.ts';
import { REPOSITORY_OPTIONS, type RepositoryOptions } from '../../sources/repository.ts';
import { WEIGHTS_OPTIONS, type WeightsOptions } from '../../weights/weights-options.ts';
import { classOfRepository } from '../families/class-of-repository.ts';
import type { Dinov2ConfigFields } from '../families/dinov2/dinov2-fields.ts';
import {
  type AnyConfig,
  ARCHITECTURES,
  type Architecture,
  familyOf,
  type ListedClass,
  requireClass,
} from '../families/families.ts';
import { HEAD_OPTIONS, type HeadOptions } from '../loading/attach-head.ts';
import { loadModel } from '../loading/load-model.ts';
import { isImageSize } from '../model/config-readers.ts';
import { bothAxes, type ImageSize, type ModelConfig } from '../model/model-config.ts';
import type { OnnxFolderParts } from './onnx-folder-node.ts';

/** Which model is made of a checkpoint. */
export const CONVERT_TO_ONNX_OPTIONS = {
  /** pixels, for both sides or [height, width]; default: what the model's image processor crops to, or 224 */
  imageSize: value<ImageSize>({ refusal: ' must be pixels', accepts: isImageSize }),
  /** which class; default: the classifier if the checkpoint has one, else the bare model */
  architecture: choice(ARCHITECTURES, {
    flag: '--architecture <class>',
    help: 'the class (default: the classifier where there is one, else the bare model)',
  }),
  /** how many images the model takes; default: any number */
  batch: positiveInteger({ flag: '--batch-size <n>', help: 'the number of images (default: free)' }),
  /**
   * `float32`: `pixel_values` [B, 3, H, W], preprocessed; `uint8`: `pixels` [B, H, W, 3], bytes of images that have been
   * resized and cropped, which the model itself normalises. Default `float32`
   */
  input: choice(['float32', 'uint8'], {
    default: 'float32',
    flag: '--input <dtype>',
    help: 'preprocessed values, or bytes of resized images',
    refusal: ' must be float32 or uint8',
  }),
  /** names of the outputs wanted; default: all that the model gives */
  outputs: names({ flag: '--outputs <names>', help: 'outputs with commas between, such as pooler_output' }),
  /** true for all L + 1 states, or the indices wanted, negative from the end; default: the configuration's */
  outputHiddenStates: value<NonNullable<TraceOptions['outputHiddenStates']>>({
    flag: '--hidden-states',
    help: 'the hidden states too',
  }),
  /** whether to return the attention weights of every block; default: the configuration's */
  outputAttentions: bool({ flag: '--attentions', help: 'the attention weights of every block too' }),
  /** the configuration, where the source has no `config.json` or another one is wanted */
  config: value<AnyConfig>(),
  /** fields of the configuration that differ, or that can't be inferred where the source has none */
  fields: value<Dinov2ConfigFields>(),
  /** called as weights are read: how many of how many tensors */
  onWeights: value<(read: number, total: number) => void>(),
  /** called as tensors are written: bytes of values so far, and in all */
  onWrite: value<(written: number, total: number) => void>(),
};

/** How a checkpoint becomes an ONNX model. */
export interface ConvertToOnnxOptions
  extends OptionsOf<typeof CONVERT_TO_ONNX_OPTIONS>,
    OptionsOf<typeof ONNX_FILE_OPTIONS>,
    HeadOptions,
    WeightsOptions,
    RepositoryOptions {}

/** What was written. */
export interface OnnxConversion {
  readonly architecture: Architecture;
  readonly config: AnyConfig;
  /** [height, width] */
  readonly imageSize: readonly [number, number];
  /** what the model takes and gives: names with their shapes, such as `pixel_values [B, 3, 224, 224]` */
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly nodes: number;
  /** bytes of the weights */
  readonly bytes: number;
  /** operations of all products for one image, two for a multiplication with its addition */
  readonly flops: number;
  /** the files, by their paths */
  readonly files: readonly string[];
  /** what else a user may not expect */
  readonly warnings: readonly string[];
}

/**
 * Loads a checkpoint, traces its forward pass for images of one size, and writes the graph as an ONNX model. Needs Node.
 *
 * @param source a folder, a `.safetensors`, `.pth` or `.bin` file, a Hub id, a URL, or files in memory
 * @param target a file that ends in `.onnx`; or a folder, which gets `onnx/model.onnx` (`onnx/model_fp16.onnx` for
 *   `f16`, `onnx/model_quantized.onnx` for `i8`), `config.json` and `preprocessor_config.json`, the layout that transformers.js reads
 * @throws what `fromPretrained`, `trace` and `exportOnnx` throw
 */
export async function convertToOnnx(
  source: ModelSource,
  target: string,
  options: ConvertToOnnxOptions = {},
): Promise<OnnxConversion> {
  const { input, batch, dtype } = readOptions(
    'convertToOnnx',
    options,
    { ...CONVERT_TO_ONNX_OPTIONS, ...ONNX_FILE_OPTIONS },
    HEAD_OPTIONS,
    WEIGHTS_OPTIONS,
    REPOSITORY_OPTIONS,
  );
  if (typeof target !== 'string' || target === '' || target.endsWith('.safetensors')) {
    throw new OptionError(
      `convertToOnnx: expected the name of a folder or an .onnx file, got ${shown(target)}`,
    );
  }
  requireNode(target);
  // a large model is loaded for nothing where it can't be written
  const { requireFreeModel } = await import('#node/lib/conversion/onnx-folder');
  await requireFreeModel(target, options);
  const { modelClass, processor } = await examine(source, options);
  const [architecture] = modelClass.architectures;
  requireOutputsOf(modelClass, options);
  const settings = processor ?? familyOf(modelClass.files).processor;
  const { cropSize } = settings;
  const [height, width] = bothAxes(options.imageSize ?? [cropSize.height, cropSize.width]);
  const { config, fields, onWeights, outputs, outputHiddenStates, outputAttentions } =
    CONVERT_TO_ONNX_OPTIONS;
  const model = await loadModel([modelClass], source, {
    ...pickOptions(options, { config, fields, onWeights, ...WEIGHTS_OPTIONS, ...REPOSITORY_OPTIONS }),
    ...(modelClass.head && pickOptions(options, HEAD_OPTIONS)),
  });
  try {
    const shape = [batch ?? 1, model.config.numChannels, height, width];
    const graph = await trace(
      model,
      { shape },
      {
        batch: batch === undefined ? 'free' : 'fixed',
        ...pickOptions(options, { outputs, outputHiddenStates, outputAttentions }),
        ...(input === 'uint8' && { processor: new BitImageProcessor(settings) }),
      },
    );
    const exporting: ExportOnnxOptions = {
      ...pickOptions(options, ONNX_FILE_OPTIONS),
      signal: options.signal,
      onProgress: options.onWrite,
      metadata: { architecture, image_size: `${height}x${width}` },
    };
    const written = await write(graph, target, exporting, {
      kind: modelClass.kind,
      config: model.config,
      processor: sizedProcessor(settings, [height, width]),
    });
    return {
      architecture,
      config: model.config,
      imageSize: [height, width],
      ...ports(graph),
      ...written,
      flops: graph.summary(batch).flops / (batch ?? 1),
      warnings: [
        ...model.warnings,
        ...warningsOf(model.config, [height, width], processor),
        ...(model.precision === 'i8' && dtype !== 'i8'
          ? [`the 8 bits of the source are widened to ${dtype}; dtype i8 keeps them`]
          : []),
      ],
    };
  } finally {
    model.dispose();
  }
}

async function write(
  graph: TracedGraph,
  target: string,
  options: ExportOnnxOptions,
  parts: OnnxFolderParts,
): Promise<OnnxExport> {
  if (target.endsWith('.onnx')) return exportOnnx(graph, target, options);
  const { writeOnnxFolder } = await import('#node/lib/conversion/onnx-folder');
  return writeOnnxFolder(graph, target, options, parts);
}

/** The class that is made of a source, and its image processor; undefined where the source has none. */
async function examine(
  source: ModelSource,
  options: ConvertToOnnxOptions,
): Promise<{ modelClass: ListedClass; processor: ProcessorConfig | undefined }> {
  const repository = await openRepository(source, options);
  const processor = (await readProcessorConfig(repository))?.config;
  if (options.architecture !== undefined)
    return { modelClass: requireClass(options.architecture), processor };
  return { modelClass: await classOfRepository(repository, options), processor };
}

/** Refuses what a class with a head does not return, though the checkpoint has it. */
function requireOutputsOf({ files, head }: ListedClass, { outputs }: ConvertToOnnxOptions): void {
  const [bare]: readonly [ListedClass, ...ListedClass[]] = familyOf(files).classes;
  if (head === undefined || !Array.isArray(outputs)) return;
  const other = outputs.find((name) => bare.outputs.includes(name));
  if (other !== undefined) {
    throw new OptionError(
      `convertToOnnx: expected outputs of a classifier, got ${shown(other)}; choose the architecture ${bare.architectures[0]} for it`,
    );
  }
}

/**
 * An image processor that makes images of the model's size: the same cut of the image, with more or fewer pixels, and,
 * where the model takes no squares, large enough that every image fills it.
 */
function sizedProcessor(
  config: ProcessorConfig,
  [height, width]: readonly [number, number],
): BitImageProcessor {
  const { cropSize: crop, size } = config;
  if (crop.height === height && crop.width === width && config.doCenterCrop)
    return new BitImageProcessor(config);
  const longest = Math.max(height, width);
  const before = size.kind === 'shortest' ? size.shortestEdge / Math.min(crop.height, crop.width) : 256 / 224;
  return new BitImageProcessor({
    ...config,
    doResize: true,
    size: { kind: 'shortest', shortestEdge: Math.max(longest, Math.round(before * longest)) },
    doCenterCrop: true,
    cropSize: { height, width },
  });
}

function ports({ graph }: TracedGraph): { inputs: string[]; outputs: string[] } {
  return {
    inputs: graph.inputs.map(({ name, shape }) => `${name} ${showShape(shape)}`),
    outputs: [...graph.outputs].map(([name, { shape }]) => `${name} ${showShape(shape)}`),
  };
}

function warningsOf(
  { patchSize }: ModelConfig,
  [height, width]: readonly [number, number],
  processor: ProcessorConfig | undefined,
): string[] {
  const [patchHeight, patchWidth] = bothAxes(patchSize);
  const [rows, columns] = [height % patchHeight, width % patchWidth];
  return [
    ...(rows + columns > 0
      ? [
          `${height}×${width} pixels are no multiple of the patch; the last ${rows} rows and ${columns} columns are not seen`,
        ]
      : []),
    ...(processor === undefined
      ? ['the source has no preprocessor_config.json: that of every published model is assumed']
      : []),
  ];
}
