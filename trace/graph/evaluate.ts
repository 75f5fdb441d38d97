/** What a graph means: its operations as kernels of TF.js, run one after the other. */
import {
  engine,
  type NamedAttrMap,
  type NamedTensorMap,
  slice,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  type Tensor3D,
  type Tensor4D,
  tensor,
  tidy,
} from '@tensorflow/tfjs-core';
import { attention } from '../../ops/attention.ts';
import { extractPatches } from '../../ops/extract-patches.ts';
import { gelu } from '../../ops/gelu.ts';
import {
  FUSED_ATTENTION,
  FUSED_EXTRACT_PATCHES,
  FUSED_GELU,
  FUSED_LAYER_NORM,
  FUSED_LINEAR,
  FUSED_SILU_GATE,
  type FusedActivation,
} from '../../ops/kernel-names.ts';
import { layerNorm } from '../../ops/layer-norm.ts';
import { linear } from '../../ops/linear.ts';
import { siluGate } from '../../ops/silu-gate.ts';
import { batchOf, sizeAt } from './dimension.ts';
import {
  type Attribute,
  type Attributes,
  type Graph,
  type Operation,
  type Value,
  valuesOf,
} from './graph.ts';

/**
 * Runs a graph on TF.js's current backend; slower than the program it was traced from, as every value is kept to the end.
 *
 * @param feeds a tensor for each input by name; borrowed
 * @returns the outputs by name, owned by the caller
 * @throws OptionError if a tensor has not the length its input says
 */
export async function evaluate(
  graph: Graph,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Record<string, Tensor>> {
  const values = valuesOf(graph);
  const constants = new Map<Value, Tensor>();
  try {
    for (const value of values) {
      if (value.kind === 'constant') {
        constants.set(value, tensor(await value.read(), [...value.shape], value.dtype));
      }
    }
    return tidy(() => {
      const known = new Map<Value, Tensor>(constants);
      const B = batchSize(graph, feeds);
      for (const input of graph.inputs) known.set(input, feeds[input.name] as Tensor);
      for (const value of values) {
        if (value.kind !== 'operation') continue;
        const inputs = Object.entries(value.inputs).map(([name, input]) => [
          name,
          known.get(input) as Tensor,
        ]);
        known.set(value, run(value, Object.fromEntries(inputs) as NamedTensorMap, B));
      }
      return Object.fromEntries(
        [...graph.outputs].map(([name, value]) => [name, (known.get(value) as Tensor).clone()]),
      );
    });
  } finally {
    for (const constant of constants.values()) constant.dispose();
  }
}

/** The batch that the inputs have; 1 where no length tells. */
function batchSize(graph: Graph, feeds: Readonly<Record<string, Tensor>>): number {
  let B: number | undefined;
  for (const { name, shape } of graph.inputs) {
    const lengths = feeds[name]?.shape ?? [];
    for (const [axis, dimension] of shape.entries()) {
      B = batchOf(dimension, lengths[axis] ?? 0, `${name}, axis ${axis}`) ?? B;
    }
  }
  return B ?? 1;
}

/** The attributes as TF.js's kernel takes them. */
function attrsOf(attributes: Attributes, B: number): NamedAttrMap {
  const plain = (attribute: Attribute): unknown => {
    if (Array.isArray(attribute)) return attribute.map(plain);
    return typeof attribute === 'object' && attribute !== null ? sizeAt(attribute as never, B) : attribute;
  };
  const entries = Object.entries(attributes).map(([name, attribute]) => [name, plain(attribute)]);
  return Object.fromEntries(entries);
}

function run(operation: Operation, inputs: NamedTensorMap, B: number): Tensor {
  const attrs = attrsOf(operation.attributes, B);
  const fused = FUSED[operation.kernel];
  if (fused !== undefined) return fused(inputs, attrs);
  const result: Tensor = engine().runKernel(operation.kernel, listed(inputs), adapted(attrs));
  return result;
}

/** Kernels that take a list find it under `0`, `1`, … */
function listed(inputs: NamedTensorMap): NamedTensorMap {
  return '0' in inputs ? (Object.values(inputs) as unknown as NamedTensorMap) : inputs;
}

/** Padding in pixels, as kernels on pictures take it. */
function adapted(attrs: NamedAttrMap): NamedAttrMap {
  const { padding } = attrs;
  if (!Array.isArray(padding)) return attrs;
  const [top, bottom, left, right] = padding as number[];
  const pad = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return { ...attrs, pad: pad as never, dataFormat: 'NHWC' };
}

/** Fused kernels run through their ops, which every backend has. */
const FUSED: Readonly<Record<string, (inputs: NamedTensorMap, attrs: NamedAttrMap) => Tensor>> = {
  [FUSED_LINEAR]: ({ x, weight, bias, residual, scale }, { activation }) =>
    linear(x as Tensor, weight as Tensor2D, {
      bias: bias as Tensor1D | undefined,
      activation: activation as FusedActivation,
      residual: residual && { input: residual, scale: scale as Tensor1D },
    }),
  [FUSED_LAYER_NORM]: ({ x, gamma, beta }, { epsilon }) =>
    layerNorm(x as Tensor, gamma as Tensor1D, beta as Tensor1D, Number(epsilon)),
  [FUSED_ATTENTION]({ qkv, mask }, { numHeads, scale, numQueries }) {
    const values = attention(qkv as Tensor3D, {
      numHeads: Number(numHeads),
      scale: Number(scale),
      mask: mask as Tensor4D | undefined,
    });
    return numQueries === undefined ? values : slice(values, [0, 0, 0], [-1, Number(numQueries), -1]);
  },
  [FUSED_GELU]: ({ x }) => gelu(x as Tensor),
  [FUSED_SILU_GATE]: ({ x }) => siluGate(x as Tensor),
  [FUSED_EXTRACT_PATCHES]: ({ x }, { patchSize }) =>
    extractPatches(x as Tensor4D, patchSize as unknown as [number, number]),
};
