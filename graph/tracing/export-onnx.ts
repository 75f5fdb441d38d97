/** Graphs as ONNX files. */
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import type { OnnxTarget } from '../../ops/onnx-builder.ts';
import { requireKnownOptions } from '../../options/known-options.ts';
import { requireNode } from '../../platform/require-node.ts';
import { TracedGraph } from './traced-graph.ts';

/** The dtypes in which a file can keep weights. */
export const ONNX_DTYPES = ['f32', 'f16'] as const;

/** Whose operators a file can use. */
export const ONNX_TARGETS = ['standard', 'ort'] as const satisfies OnnxTarget[];

/** How a graph is written. */
export interface ExportOnnxOptions {
  /**
   * `standard`: ONNX's own operators, of version 20, which every runtime knows; `ort`: those that ONNX Runtime adds too,
   * which are a little faster there. Default `standard`
   */
  target?: (typeof ONNX_TARGETS)[number] | undefined;
  /** in what weights are kept; `f16` halves the file, and is widened to float32 where it is used. Default `f32` */
  dtype?: (typeof ONNX_DTYPES)[number] | undefined;
  /** whether weights stand in a second file, `{path}_data`; default: if one file would be larger than 2 GB */
  externalData?: boolean | undefined;
  /** free text that goes into the file, such as what the model was made of */
  metadata?: Readonly<Record<string, string>> | undefined;
  /** whether files that are there already may be replaced; default false */
  overwrite?: boolean | undefined;
  /** stops between two tensors, and leaves nothing behind */
  signal?: AbortSignal | undefined;
  /** called after each tensor: bytes of values so far, and in all */
  onProgress?: ((written: number, total: number) => void) | undefined;
}

const OPTIONS = [
  'target',
  'dtype',
  'externalData',
  'metadata',
  'overwrite',
  'signal',
  'onProgress',
] as const satisfies (keyof ExportOnnxOptions)[];

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
  requireKnownOptions('exportOnnx', options, OPTIONS);
  if (!(graph instanceof TracedGraph)) {
    throw new OptionError('exportOnnx: expected what trace() gives, got something else');
  }
  if (typeof path !== 'string' || !path.endsWith('.onnx')) {
    throw new OptionError(`exportOnnx: expected a path that ends in .onnx, got ${shown(path)}`);
  }
  requireKnownChoices('exportOnnx', options);
  requireTexts(options.metadata);
  const { target = 'standard', dtype = 'f32', metadata = {}, ...writing } = options;
  requireNode(path);
  const { lowerGraph } = await import('../onnx/lower-graph.ts');
  const model = lowerGraph(graph.graph, {
    target,
    weightType: dtype === 'f16' ? 'float16' : 'float32',
    bytes: graph.byteInputs,
    metadata,
  });
  const { writeOnnx } = await import('#node/graph/onnx/write-onnx');
  const files = await writeOnnx(model, path, writing);
  const bytes = model.tensors.reduce((sum, { byteLength }) => sum + byteLength, 0);
  return { files, bytes, nodes: model.nodes.length };
}

/**
 * Refuses operators and dtypes that files can't have, which a caller may want to know before the work.
 *
 * @param where the call, for the error message
 * @throws OptionError
 */
export function requireKnownChoices(
  where: string,
  { target = 'standard', dtype = 'f32' }: Pick<ExportOnnxOptions, 'target' | 'dtype'>,
): void {
  requireOneOf(`${where}: target`, target, ONNX_TARGETS);
  requireOneOf(`${where}: dtype`, dtype, ONNX_DTYPES);
}

function requireOneOf(where: string, value: string, known: readonly string[]): void {
  if (known.includes(value)) return;
  throw new OptionError(`${where}: expected one of ${known.join(', ')}, got ${shown(value)}`);
}

function requireTexts(metadata: unknown): void {
  if (metadata === undefined) return;
  const isRecord = typeof metadata === 'object' && metadata !== null && !Array.isArray(metadata);
  if (isRecord && Object.values(metadata).every((text) => typeof text === 'string')) return;
  throw new OptionError(`exportOnnx: metadata: expected texts by name, got ${shown(metadata)}`);
}
