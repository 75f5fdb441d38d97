/** Convolutions, pooling and resizing, all with channels last as TF.js has them. */
import { backend_util } from '@tensorflow/tfjs-core';
import { operation } from '../../ir/build.ts';
import type { Value } from '../../ir/graph.ts';
import { finished } from './products.ts';
import {
  flagOf,
  type KernelCall,
  type KernelRules,
  lengths,
  numbersOf,
  required,
  unsupported,
} from './rule.ts';

type Four = [number, number, number, number];

function four(call: KernelCall, name: string): Four {
  const [a, b, c, d, ...rest] = lengths(required(call, name));
  if (a === undefined || b === undefined || c === undefined || d === undefined || rest.length > 0) {
    throw unsupported(call, `expected ${name} of four axes`);
  }
  return [a, b, c, d];
}

function pair(call: KernelCall, name: string): [number, number] {
  if (call.attrs[name] === undefined || call.attrs[name] === null) return [1, 1];
  const [height = 1, width = height] = numbersOf(call, name);
  return [height, width];
}

/** Where the image is padded, in pixels, or how far it is to be, as TF.js's own helper takes it. */
type Pad = 'same' | 'valid' | number | backend_util.ExplicitPadding;

function requireChannelsLast(call: KernelCall): void {
  const { dataFormat } = call.attrs;
  if (dataFormat !== undefined && dataFormat !== 'NHWC') throw unsupported(call, 'expected dataFormat NHWC');
}

/**
 * Rows above and below, columns before and behind, which give the size of the result by rounding down.
 *
 * TF.js may round otherwise, and works out both sizes by the height of the filter where a number of pixels is given.
 */
function padding(call: KernelCall, info: backend_util.Conv2DInfo): number[] {
  const { top, bottom, left, right } = info.padInfo;
  const end = (
    after: number,
    before: number,
    size: number,
    filter: number,
    stride: number,
    length: number,
  ) => {
    const least = (length - 1) * stride + filter - size - before;
    const result = Math.min(Math.max(after, least), least + stride - 1);
    if (result < 0) throw unsupported(call, 'expected a filter that fits into the padded image to the end');
    return result;
  };
  const below = end(
    bottom,
    top,
    info.inHeight,
    info.effectiveFilterHeight,
    info.strideHeight,
    info.outHeight,
  );
  const behind = end(right, left, info.inWidth, info.effectiveFilterWidth, info.strideWidth, info.outWidth);
  return [top, below, left, behind];
}

function convolution(call: KernelCall, depthwise: boolean): Value {
  requireChannelsLast(call);
  const strides = pair(call, 'strides');
  const dilations = pair(call, 'dilations');
  const info = backend_util.computeConv2DInfo(
    four(call, 'x'),
    four(call, 'filter'),
    strides,
    dilations,
    call.attrs.pad as Pad,
    call.attrs.dimRoundingMode as 'floor' | 'round' | 'ceil' | undefined,
    depthwise,
  );
  const attributes = { strides, dilations, padding: padding(call, info) };
  const inputs = { x: required(call, 'x'), filter: required(call, 'filter') };
  const kernel = depthwise ? 'DepthwiseConv2dNative' : 'Conv2D';
  return operation(kernel, inputs, attributes, info.outShape, 'float32');
}

function pooling(call: KernelCall): Value {
  const filterSize = pair(call, 'filterSize');
  const strides = pair(call, 'strides');
  const info = backend_util.computePool2DInfo(
    four(call, 'x'),
    filterSize,
    strides,
    1,
    call.attrs.pad as Pad,
    call.attrs.dimRoundingMode as 'floor' | 'round' | 'ceil' | undefined,
  );
  const attributes = { filterSize, strides, padding: padding(call, info) };
  return operation(call.kernel, { x: required(call, 'x') }, attributes, info.outShape, 'float32');
}

function resizing(call: KernelCall): Value {
  const images = required(call, 'images');
  const [B, , , channels] = four(call, 'images');
  const [height, width] = pair(call, 'size');
  const attributes = {
    size: [height, width],
    alignCorners: flagOf(call, 'alignCorners'),
    halfPixelCenters: flagOf(call, 'halfPixelCenters'),
  };
  return operation(call.kernel, { images }, attributes, [B, height, width, channels], 'float32');
}

/** The rules of this file. */
export const IMAGES: KernelRules = {
  Conv2D: (call) => convolution(call, false),
  DepthwiseConv2dNative: (call) => convolution(call, true),
  FusedConv2D: (call) => finished(call, convolution(call, false)),
  FusedDepthwiseConv2D: (call) => finished(call, convolution(call, true)),
  MaxPool: pooling,
  AvgPool: pooling,
  ResizeBilinear: resizing,
  ResizeNearestNeighbor: resizing,
};
