/** From a checkpoint of any system to a folder or file of any system. */
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { ONNX_FILE_OPTIONS } from '../../graph/tracing/export-onnx.ts';
import { BitImageProcessor } from '../../images/image-processor.ts';
import { readProcessorConfig } from '../../images/read-processor-config.ts';
import { isRounded } from '../../ops/precision.ts';
import { bool, choice, type OptionsOf, readOptions, value } from '../../options/rows.ts';
import { requireNode } from '../../platform/require-node.ts';
import type { ModelSource } from '../../sources/model-source.ts';
import { openRepository } from '../../sources/open-repository.ts';
import { REPOSITORY_OPTIONS, type RepositoryOptions } from '../../sources/repository.ts';
import type { Checkpoint } from '../../weights/checkpoint.ts';
import { canonicalView } from '../../weights/key-schemes/canonical-view.ts';
import type { KeySchemeName, TensorNote } from '../../weights/key-schemes/key-scheme.ts';
import type { MappedCheckpoint } from '../../weights/key-schemes/map-checkpoint.ts';
import { schemeView } from '../../weights/key-schemes/scheme-view.ts';
import { tensorTotals } from '../../weights/tensor-totals.ts';
import { WEIGHTS_OPTIONS, type WeightsOptions } from '../../weights/weights-options.ts';
import { type CastDtype, castView } from '../../weights/write/cast-view.ts';
import { int8View } from '../../weights/write/int8-view.ts';
import type { WriteFolderOptions } from '../../weights/write/write-folder-node.ts';
import type { Dinov2ConfigFields } from '../families/dinov2/dinov2-fields.ts';
import {
  type AnyConfig,
  classOfWeights,
  FAMILY_FILES,
  familyOf,
  KEY_SCHEME_DESCRIPTIONS,
} from '../families/families.ts';
import { isOfHead } from '../heads/heads.ts';
import { HEAD_OPTIONS, type HeadOptions } from '../loading/attach-head.ts';
import { checkWeights } from '../loading/open-class.ts';
import { openModel } from '../loading/open-model.ts';
import { configFile, processorFile } from '../saving/model-files.ts';
import { SAVE_OPTIONS } from '../saving/save-pretrained.ts';
import { classifierWarnings } from '../saving/saved-model.ts';

/** The dtypes weights can be converted to. */
export const CONVERSION_DTYPES = ['f32', 'f16', 'bf16', 'i8'] as const;

/** A dtype weights can be converted to. */
export type ConversionDtype = (typeof CONVERSION_DTYPES)[number];

/** What is made of a checkpoint. */
export const CONVERT_OPTIONS = {
  /** whose names the result has; default `hf`, the files of transformers */
  to: choice(Object.keys(KEY_SCHEME_DESCRIPTIONS) as KeySchemeName[], {
    default: 'hf',
    flag: '--to <names>',
    help: 'whose names the result has',
  }),
  /**
   * dtype of the floating-point tensors; `i8`: of the linear weights of the blocks alone, with a float32 scale for each of
   * their rows, while all else stays as it is. Default: each as it is
   */
  dtype: choice(CONVERSION_DTYPES, {
    flag: '--dtype <dtype>',
    help: 'dtype of the weights (default: as they are; for ONNX f32)',
  }),
  /** bytes of values in one file, such as `5GB`; default `50GB`, that of transformers */
  maxShardSize: SAVE_OPTIONS.maxShardSize,
  /** whether an old model at the target may be replaced; default false */
  overwrite: ONNX_FILE_OPTIONS.overwrite,
  /** find out what would happen, and write nothing; default false */
  dryRun: bool({ default: false, flag: '--dry-run', help: 'say what would be done, and write nothing' }),
  /** the configuration, where the source has no `config.json` or another one is wanted */
  config: value<AnyConfig>(),
  /** fields of the configuration that differ, or that can't be inferred where the source has none */
  fields: value<Dinov2ConfigFields>(),
  /** called as tensors are written: bytes of values so far, and in all */
  onWrite: value<(written: number, total: number) => void>(),
};

/** How a checkpoint is found and converted. */
export interface ConvertOptions
  extends OptionsOf<typeof CONVERT_OPTIONS>,
    HeadOptions,
    WeightsOptions,
    RepositoryOptions {}

/** What a conversion did, or would do. */
export interface Conversion {
  /** whose names the source has */
  readonly from: KeySchemeName;
  readonly to: KeySchemeName;
  readonly config: AnyConfig;
  /** whether the configuration was inferred from the tensors */
  readonly configInferred: boolean;
  /** how many tensors are written */
  readonly tensors: number;
  /** bytes of values that are written */
  readonly bytes: number;
  /** how many tensors of each dtype are written */
  readonly dtypes: Readonly<Record<string, number>>;
  /** the files that are written, by their names in the folder */
  readonly files: readonly string[];
  /** tensors that the target has no place for */
  readonly lost: readonly TensorNote[];
  /** tensors that the target asks for and the source has not */
  readonly added: readonly TensorNote[];
  /** tensors of the source that only training needs */
  readonly leftOut: readonly string[];
  /** tensors of the source that are left out because that was asked for */
  readonly ignored: readonly string[];
  /** tensors in which finite values became infinite in the new dtype, and how many; empty for a dry run */
  readonly overflowed: readonly { readonly name: string; readonly values: number }[];
  /** what the target can't do with what it gets, and what else its user may not expect */
  readonly warnings: readonly string[];
}

/**
 * Converts a checkpoint: its names, its dtype, its files.
 *
 * The source is all that `fromPretrained` takes. One tensor is in memory at a time, and the next. The target appears
 * when it is complete; a conversion that fails or is stopped leaves nothing behind. Needs Node.
 *
 * @param source a folder, a `.safetensors`, `.pth` or `.bin` file, a Hub id, a URL, or files in memory
 * @param target a folder, or a file that ends in `.safetensors` and holds the weights alone
 * @throws SourceError, FormatError; ConfigError if the configuration can't be inferred; WeightsError listing all that is
 *   missing, unexpected or misshapen; OptionError
 */
export async function convert(
  source: ModelSource,
  target: string,
  options: ConvertOptions = {},
): Promise<Conversion> {
  const given = readOptions(
    'convert',
    options,
    CONVERT_OPTIONS,
    HEAD_OPTIONS,
    WEIGHTS_OPTIONS,
    REPOSITORY_OPTIONS,
  );
  const { to, dryRun } = given;
  requireName(target);
  requireNode(target);
  options.signal?.throwIfAborted();
  const repository = await openRepository(source, options);
  const opened = await openModel(repository, options, FAMILY_FILES);
  try {
    const { names } = opened.family;
    const scheme = names.schemes[to];
    if (scheme === undefined) {
      const known = Object.keys(names.schemes).join(', ');
      throw new OptionError(`convert: to: expected one of ${known}, got ${shown(to)}`);
    }
    const modelClass = classOfWeights(opened.family, opened.mapped, opened.architectures);
    await checkWeights(opened, modelClass);
    const { head } = modelClass;
    const canonical = canonicalView(opened.mapped);
    const { useMaskToken } = opened.config;
    const rounded = given.dtype === 'i8' ? int8View(canonical.checkpoint, isRounded) : canonical.checkpoint;
    const renamed = schemeView(rounded, names, scheme, { maskToken: useMaskToken, head });
    const overflowed: { name: string; values: number }[] = [];
    const result = castView(renamed.checkpoint, given.dtype && CAST_DTYPES[given.dtype], (name, values) =>
      overflowed.push({ name, values }),
    );
    const config = opened.config.with({ useMaskToken: hasMaskToken(result) });
    const settings = await readProcessorConfig(repository);
    const processor = new BitImageProcessor(settings?.config ?? familyOf(opened.family).processor);
    const hasHead = head !== undefined && !renamed.lost.some(({ name }) => isOfHead(name, head));
    const kind = hasHead ? modelClass.kind : 'Model';
    const files = {
      'config.json': configFile(config, result, kind),
      'preprocessor_config.json': processorFile(processor),
    };
    const { plannedFiles, requireFolderTarget, writeFolder } = await import(
      '#node/weights/write/write-folder'
    );
    const writing = { ...writeOptions(options), orderName: names.orderName };
    const planned = plannedFiles(result, files, target, writing);
    const writesProcessor = planned.includes('preprocessor_config.json');
    if (dryRun) await requireFolderTarget(target, writing);
    else await writeFolder(result, files, target, writing);
    const { tensors, bytes, dtypes } = tensorTotals(result);
    return {
      from: canonical.scheme.name,
      to,
      config,
      configInferred: opened.configInferred,
      tensors,
      bytes,
      dtypes,
      files: planned,
      lost: renamed.lost,
      added: renamed.added,
      leftOut: canonical.leftOut,
      ignored: canonical.ignored,
      overflowed,
      warnings: [
        ...opened.warnings,
        ...(hasHead && OF_TRANSFORMERS.includes(to) ? classifierWarnings(config) : []),
        ...(writesProcessor && settings === undefined ? [PROCESSOR_ASSUMED] : []),
        ...(writesProcessor && settings?.backend === 'timm' ? [PROCESSOR_OF_TIMM] : []),
        ...(options.labels !== undefined && head === undefined ? [LABELS_WITHOUT_HEAD] : []),
        ...mixedDtypes(opened.mapped),
      ],
    };
  } finally {
    await opened.mapped.checkpoint.close();
  }
}

const PROCESSOR_ASSUMED =
  'the source has no preprocessor_config.json: the one written resizes to 256 and crops to 224, as for every published model';

const PROCESSOR_OF_TIMM =
  "the preprocessor_config.json has the numbers of timm's file; transformers crops up to a pixel elsewhere, and normalises in another order";

const OF_TRANSFORMERS: readonly KeySchemeName[] = ['hf', 'hf5'];

function hasMaskToken({ tensors }: Pick<Checkpoint, 'tensors'>): boolean {
  return [...tensors.keys()].some((name) => /(^|\.)mask_token$/.test(name));
}

function writeOptions({ maxShardSize, overwrite, signal, onWrite }: ConvertOptions): WriteFolderOptions {
  return { maxShardSize, overwrite, signal, ...(onWrite && { onProgress: onWrite }) };
}

function requireName(target: string): void {
  const isName = typeof target === 'string' && target !== '';
  // else there would be a folder of that name
  const isTorch = isName && /\.(pth?|bin|ckpt)$/i.test(target);
  if (isName && !isTorch) return;
  const remedy = isTorch ? "; PyTorch's files are read and not written" : '';
  throw new OptionError(
    `convert: target: expected the name of a folder or a .safetensors file, got ${shown(target)}${remedy}`,
  );
}

/** Undefined: every tensor as it is by then. */
const CAST_DTYPES: Record<ConversionDtype, CastDtype | undefined> = {
  f32: 'F32',
  f16: 'F16',
  bf16: 'BF16',
  i8: undefined,
};

const LABELS_WITHOUT_HEAD = 'labels are given, but there is no classifier that they could be the labels of';

/** Weights whose parts are of several dtypes, which become F32 when they are joined. */
function mixedDtypes({ parameters }: MappedCheckpoint): string[] {
  return [...parameters].flatMap(([name, { parts }]) => {
    const dtypes = new Set(parts.flatMap((part) => ('tensor' in part ? [part.tensor.dtype] : [])));
    return dtypes.size > 1 ? [`${name}: its parts are ${[...dtypes].join(' and ')}, and became F32`] : [];
  });
}
