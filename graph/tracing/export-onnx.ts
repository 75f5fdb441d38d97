/** Graphs as ONNX files. */
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import type { OnnxTarget } from '../../ops/onnx-builder.ts';
import { PRECISIONS } from '../../ops/precision.ts';
import { isObject } from '../../options/json-object.ts';
import { bool, choice, type OptionsOf, readOptions, value } from '../../options/rows.ts';
import { requireNode } from '../../platform/require-node.ts';
import { WEIGHT_TYPES } from '../onnx/weight-type.ts';
import { TracedGraph } from './traced-graph.ts';

/** Whose operators a file can use. */
export const ONNX_TARGETS = ['standard', 'ort'] as const satisfies OnnxTarget[];

/** What kind of file is written. */
export const ONNX_FILE_OPTIONS = {
  /**
   * `standard`: ONNX's own operators, of version 20, which every runtime knows; `ort`: those that ONNX Runtime adds too,
   * which are a little faster there. Default `standard`
   */
  target: choice(ONNX_TARGETS, {
    default: 'standard',
    flag: '--target <operators>',
    help: "ONNX's own operators, or ONNX Runtime's too",
  }),
  /**
   * in what weights are kept; default `f32`. `f16` halves the file, and is widened to float32 where it is used. `i8` is that of
   * the linear weights of a model's blocks: a quarter of the file, whose products are of 8 bits too
   */
  dtype: choice(PRECISIONS, { default: 'f32', flag: '--dtype <dtype>', help: 'dtype of the weights' }),
  /** whether weights stand in a second file, `{path}_data`; default: if one file would be larger than 2 GB */
  externalData: bool({ flag: '--external-data', help: 'weights in a second file (default: beyond 2 GB)' }),
  /** whether files that are there already may be replaced; default false */
  overwrite: bool({
    default: false,
    flag: '--overwrite',
    help: 'replace a model that is already at the target',
  }),
};

const EXPORT_ONNX_OPTIONS = {
  /** free text that goes into the file, such as what the model was made of */
  metadata: value<Readonly<Record<string, string>>>({
    refusal: ': expected texts by name',
    accepts: areTexts,
  }),
  /** stops between two tensors, and leaves nothing behind */
  signal: value<AbortSignal>(),
  /** called after each tensor: bytes of values so far, and in all */
  onProgress: value<(written: number, total: number) => void>(),
};

/** How a graph is written. */
export interface ExportOnnxOptions
  extends OptionsOf<typeof ONNX_FILE_OPTIONS>,
    OptionsOf<typeof EXPORT_ONNX_OPTIONS> {}

/** What was written. */
export interface OnnxExport {
  /** the files, by their paths */
  readonly files: readonly string[];
  /** bytes of the weights */
  readonly bytes: number;
  /** how many nodes the model has */
  readonly nodes: number;
}

/**
 * Writes a traced graph as an ONNX model.
 *
 * Weights are read and written one by one. The file appears when it is complete. Needs Node.
 *
 * @param path of the file, which ends in `.onnx`
 * @throws TraceError if a kernel has no counterpart in ONNX; SourceError if a file is there already or can't be written;
 *   OptionError
 */
export async function exportOnnx(
  graph: TracedGraph,
  path: string,
  options: ExportOnnxOptions = {},
): Promise<OnnxExport> {
  const { target, dtype } = readOptions('exportOnnx', options, ONNX_FILE_OPTIONS, EXPORT_ONNX_OPTIONS);
  if (!(graph instanceof TracedGraph)) {
    throw new OptionError('exportOnnx: expected what trace() gives, got something else');
  }
  if (typeof path !== 'string' || !path.endsWith('.onnx')) {
    throw new OptionError(`exportOnnx: expected a path that ends in .onnx, got ${shown(path)}`);
  }
  const { metadata = {} } = options;
  requireNode(path);
  const { lowerGraph } = await import('../onnx/lower-graph.ts');
  const model = lowerGraph(graph.graph, {
    target,
    weightType: WEIGHT_TYPES[dtype],
    bytes: graph.byteInputs,
    metadata,
  });
  const { writeOnnx } = await import('#node/graph/onnx/write-onnx');
  const files = await writeOnnx(model, path, options);
  const bytes = model.tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return { files, bytes, nodes: model.nodes.length };
}

function areTexts(metadata: unknown): boolean {
  return isObject(metadata) && Object.values(metadata).every((text) => typeof text === 'string');
}
