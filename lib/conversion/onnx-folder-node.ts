/** A model's folder as transformers.js reads it. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { SourceError } from '../../errors/errors.ts';
import { externalName } from '../../graph/onnx/write-onnx-node.ts';
import { type ExportOnnxOptions, exportOnnx, type OnnxExport } from '../../graph/tracing/export-onnx.ts';
import type { TracedGraph } from '../../graph/tracing/traced-graph.ts';
import type { BitImageProcessor } from '../../images/image-processor.ts';
import { writeFileWhole } from '../../weights/write/write-file-node.ts';
import { requireFreeTarget } from '../../weights/write/write-whole-node.ts';
import type { AnyConfig, ModelKind } from '../families/families.ts';
import { configFile, processorFile } from '../saving/model-files.ts';

/** What stands beside the model. */
export interface OnnxFolderParts {
  readonly kind: ModelKind;
  readonly config: AnyConfig;
  readonly processor: BitImageProcessor;
}

/** What transformers.js looks for where it is asked for `fp32`, `fp16` and `q8`. */
const MODELS = { f32: 'model.onnx', f16: 'model_fp16.onnx', i8: 'model_quantized.onnx' } as const;

/**
 * Refuses, before anything is loaded, a target whose model is there already and must not be replaced.
 *
 * @param target an `.onnx` file or a folder
 * @throws SourceError
 */
export async function requireFreeModel(
  target: string,
  options: Pick<ExportOnnxOptions, 'dtype' | 'externalData' | 'overwrite'>,
): Promise<void> {
  const path = target.endsWith('.onnx') ? target : modelPath(target, options);
  await requireFreeTarget(path, { overwrite: options.overwrite });
  if (options.externalData !== true) return;
  await requireFreeTarget(join(dirname(path), externalName(path)), { overwrite: options.overwrite });
}

function modelPath(folder: string, { dtype = 'f32' }: Pick<ExportOnnxOptions, 'dtype'>): string {
  return join(folder, 'onnx', MODELS[dtype]);
}

/**
 * Writes `onnx/model.onnx`, `onnx/model_fp16.onnx` or `onnx/model_quantized.onnx`, and beside `onnx` the files `config.json` and
 * `preprocessor_config.json`.
 *
 * What else is in the folder stays, so that it may hold models of every dtype.
 *
 * @throws SourceError if one of the files is there already with other contents and `overwrite` is off, or can't be written
 */
export async function writeOnnxFolder(
  graph: TracedGraph,
  folder: string,
  options: ExportOnnxOptions,
  { kind, config, processor }: OnnxFolderParts,
): Promise<OnnxExport> {
  const { overwrite, signal } = options;
  const texts = new Map([
    [join(folder, 'config.json'), configFile(config, { tensors: new Map() }, kind)],
    [join(folder, 'preprocessor_config.json'), processorFile(processor)],
  ]);
  const changed = new Map<string, string>();
  for (const [path, text] of texts) if (await differs(path, text, options)) changed.set(path, text);
  const written = await exportOnnx(graph, modelPath(folder, options), options);
  for (const [path, text] of changed) await writeFileWhole(path, text, { overwrite, signal });
  return { ...written, files: [...written.files, ...texts.keys()] };
}

/** Whether a file has to be written. */
async function differs(path: string, text: string, { overwrite }: ExportOnnxOptions): Promise<boolean> {
  const found = await readFile(path, 'utf8').catch(() => undefined);
  if (found === text) return false;
  if (found !== undefined && overwrite !== true) {
    throw new SourceError(
      `${path}: expected what the model needs, got another file; choose another folder or overwrite it`,
    );
  }
  return true;
}
