/** Lowering a graph to ONNX. */
import { TraceError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { type OnnxTarget, ORT_DOMAIN } from '../../ops/onnx-builder.ts';
import { type GraphDtype, inputOf, type Operation } from '../../ops/operation.ts';
import { type Graph, operationsOf } from '../ir/graph.ts';
import { refused } from '../kernels/kernel.ts';
import { kernelOf } from '../kernels/kernels.ts';
import { GraphBuilder } from './graph-builder.ts';
import type { OnnxModel, OnnxNode, OnnxPort } from './onnx-model.ts';
import type { WeightType } from './weight-type.ts';

/** The version of ONNX's operators; 20 has the first Gelu (ONNX 1.15, ONNX Runtime 1.17). */
export const OPERATOR_SET = 20;

/** How a graph is written in ONNX. */
export interface LowerOptions {
  /** `standard`: ONNX's own operators; `ort`: those of ONNX Runtime too; default `standard` */
  target?: OnnxTarget;
  /**
   * the type in which weights are kept; default `float32`. `float16` is widened where it is used; `int8` is that of the linear
   * weights of a model's blocks, or of all in a program of one's own, and multiplied as it is
   */
  weightType?: WeightType;
  /** inputs that are bytes outside and numbers inside, by name */
  bytes?: ReadonlySet<string>;
  metadata?: Readonly<Record<string, string>>;
}

/**
 * Writes a graph in ONNX. Values of tensors are made later, when they are asked for.
 *
 * @throws TraceError if a kernel has no counterpart that gives the same, or an output is called as an input
 */
export function lowerGraph(graph: Graph, options: LowerOptions = {}): OnnxModel {
  const { target = 'standard', weightType = 'float32', bytes = new Set(), metadata = {} } = options;
  const doubled = graph.inputs.find(({ name }) => graph.outputs.has(name));
  if (doubled !== undefined) {
    throw new TraceError(
      `onnx: expected outputs that are called otherwise than inputs, got ${shown(doubled.name)} for both; rename one`,
    );
  }
  const builder = new GraphBuilder(graph, target, weightType);
  for (const input of graph.inputs) {
    if (bytes.has(input.name)) builder.bind(input, builder.cast(builder.write(input), input.dtype));
  }
  for (const operation of operationsOf(graph)) {
    const kernel = kernelOf(operation);
    if (kernel === undefined) {
      throw new TraceError(
        `onnx: expected kernels that ONNX has a counterpart of, got ${operation.kernel}; use other ops`,
      );
    }
    requireDtypes(operation, kernel.dtypes);
    builder.enter(operation);
    const result = kernel.lower(operation, builder, (name) => builder.write(inputOf(operation, name)));
    builder.bind(operation, result);
  }
  const results = [...graph.outputs].map(([name, value]) => [name, builder.write(value)] as const);
  const nodes = needed(named(builder.nodes, results), [...graph.outputs.keys()]);
  const used = new Set(nodes.flatMap(({ inputs }) => inputs));
  const ownOperators = nodes.some(({ domain }) => domain === ORT_DOMAIN);
  return {
    operatorSets: [
      { domain: '', version: OPERATOR_SET },
      ...(ownOperators ? [{ domain: ORT_DOMAIN, version: 1 }] : []),
    ],
    inputs: graph.inputs.map(({ name, shape, dtype }): OnnxPort => {
      return { name, type: bytes.has(name) ? 'uint8' : dtype, shape };
    }),
    outputs: [...graph.outputs].map(([name, { dtype, shape }]): OnnxPort => ({ name, type: dtype, shape })),
    nodes,
    tensors: builder.tensors.filter(({ name }) => used.has(name)),
    metadata,
  };
}

/** TF.js computes more than the operators of ONNX are defined for: exp of whole numbers, sums of truth values. */
function requireDtypes(operation: Operation, dtypes: readonly GraphDtype[] | undefined): void {
  if (dtypes === undefined) return;
  const found = new Set(Object.values(operation.inputs).map(({ dtype }) => dtype));
  if (found.size === 1 && dtypes.some((dtype) => found.has(dtype))) return;
  throw refused(operation, `inputs that are all ${dtypes.join(' or all ')}`, [...found].join(' and '));
}

/** Nodes that give results the names of outputs; what is no node's result, or has a name already, is copied. */
function named(nodes: readonly OnnxNode[], results: readonly (readonly [string, string])[]): OnnxNode[] {
  const made = new Set(nodes.flatMap(({ outputs }) => outputs));
  const names = new Map<string, string>();
  const copies: OnnxNode[] = [];
  for (const [output, result] of results) {
    if (made.has(result) && !names.has(result)) {
      names.set(result, output);
      continue;
    }
    copies.push({
      name: `${output}/Identity`,
      domain: '',
      operator: 'Identity',
      inputs: [result],
      outputs: [output],
      attributes: {},
    });
  }
  const rename = (name: string): string => names.get(name) ?? name;
  return [...nodes, ...copies].map((node) => ({
    ...node,
    inputs: node.inputs.map(rename),
    outputs: node.outputs.map(rename),
  }));
}

/** The nodes that outputs need: some kernels are part of what the next one is written as. */
function needed(nodes: readonly OnnxNode[], outputs: readonly string[]): OnnxNode[] {
  const wanted = new Set(outputs);
  const kept: OnnxNode[] = [];
  for (const node of [...nodes].reverse()) {
    if (!node.outputs.some((name) => wanted.has(name))) continue;
    kept.push(node);
    for (const name of node.inputs) wanted.add(name);
  }
  return kept.reverse();
}
