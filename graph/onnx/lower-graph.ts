/** From a graph to a model of ONNX. */
import { TraceError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { type Graph, inputOf, operationsOf } from '../ir/graph.ts';
import { ELEMENT_WISE } from './kernels/element-wise.ts';
import { FUSED, ORT_DOMAIN } from './kernels/fused.ts';
import { IMAGES } from './kernels/images.ts';
import type { Lowers } from './kernels/lower.ts';
import { PRODUCTS } from './kernels/products.ts';
import { REDUCTIONS } from './kernels/reductions.ts';
import { STRUCTURE } from './kernels/structure.ts';
import { Lowering, type OnnxTarget } from './lowering.ts';
import type { OnnxModel, OnnxNode, OnnxPort } from './onnx-model.ts';

/** The version of ONNX's operators; 20 has the first Gelu (ONNX 1.15, ONNX Runtime 1.17). */
export const OPERATOR_SET = 20;

/** Every kernel that can be written. */
export const LOWERS: Lowers = {
  ...ELEMENT_WISE,
  ...REDUCTIONS,
  ...STRUCTURE,
  ...PRODUCTS,
  ...IMAGES,
  ...FUSED,
};

/** How a graph is written in ONNX. */
export interface LowerOptions {
  /** `standard`: ONNX's own operators; `ort`: those of ONNX Runtime too; default `standard` */
  target?: OnnxTarget;
  /** the type in which weights are kept; they are widened where they are used; default `float32` */
  weightType?: 'float32' | 'float16';
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
  const lowering = new Lowering(graph, target, weightType);
  for (const input of graph.inputs) {
    if (bytes.has(input.name)) lowering.bind(input, lowering.cast(lowering.name(input), input.dtype));
  }
  for (const operation of operationsOf(graph)) {
    const lower = LOWERS[operation.kernel];
    if (lower === undefined) {
      throw new TraceError(
        `onnx: expected kernels that ONNX has a counterpart of, got ${operation.kernel}; use other ops`,
      );
    }
    lowering.enter(operation);
    const result = lower(operation, lowering, (name) => lowering.name(inputOf(operation, name)));
    lowering.bind(operation, result);
  }
  const results = [...graph.outputs].map(([name, value]) => [name, lowering.name(value)] as const);
  const nodes = needed(named(lowering.nodes, results), [...graph.outputs.keys()]);
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
    tensors: lowering.tensors.filter(({ name }) => used.has(name)),
    metadata,
  };
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
