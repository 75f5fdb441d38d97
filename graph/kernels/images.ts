/** Convolutions, pooling and resizing: TF.js has channels last, ONNX first. */
import { backend_util, type NamedAttrMap } from '@tensorflow/tfjs-core';
import type { Lowering, OnnxBuilder } from '../../ops/onnx-builder.ts';
import {
  type Attributes,
  type Call,
  inputOf,
  numbersOf,
  type Operation,
  type Typed,
} from '../../ops/operation.ts';
import { fixedShape } from '../../shapes/batch-dimension.ts';
import { type Alias, FLOATS, type Kernel, lengths, refused, unsupported } from './kernel.ts';
import { finished } from './products.ts';

type Four = [number, number, number, number];

const TO_FIRST = [0, 3, 1, 2];
const TO_LAST = [0, 2, 3, 1];

function four(call: Call, name: string): Four {
  const shape = lengths(inputOf(call, name));
  if (shape.length !== 4) throw unsupported(call, `expected ${name} of four axes`);
  return shape as Four;
}

function pair(call: Call<unknown>, name: string): [number, number] {
  if (call.attributes[name] === undefined || call.attributes[name] === null) return [1, 1];
  const [height, width = height] = numbersOf(call, name);
  return [height!, width!];
}

/** Where the image is padded, in pixels, or how far it is to be, as TF.js's own helper takes it. */
type Pad = 'same' | 'valid' | number | backend_util.ExplicitPadding;

/** How a size is rounded. */
type Rounding = 'floor' | 'round' | 'ceil' | undefined;

/**
 * Rows above and below, columns before and behind, which give the size of the result by rounding down.
 *
 * TF.js may round otherwise, and works out both sizes by the height of the filter where a number of pixels is given.
 */
function padding(call: Call, info: backend_util.Conv2DInfo): number[] {
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

/** The shape of what a window gives that moves over padded images. */
function windowed(
  call: Call<Typed<number>>,
  window: readonly [number, number],
  channels: number,
): Typed<number> {
  const [B, H, W] = inputOf(call, 'x').shape;
  const [top, below, left, behind] = numbersOf(call, 'padding') as Four;
  const [strides, dilations] = [pair(call, 'strides'), pair(call, 'dilations')];
  const [h, w] = [H! + top + below, W! + left + behind].map((size, axis) => {
    const extent = (window[axis]! - 1) * dilations[axis]! + 1;
    return Math.floor((size - extent) / strides[axis]!) + 1;
  });
  return { shape: [B!, h!, w!, channels], dtype: 'float32' };
}

/** The attributes as TF.js takes them, where padding is a list in pixels. */
function withPad({ padding, ...attrs }: NamedAttrMap): NamedAttrMap {
  const [top, bottom, left, right] = padding as unknown as Four;
  const pad: [number, number][] = [
    [0, 0],
    [top, bottom],
    [left, right],
    [0, 0],
  ];
  return { ...attrs, pad: pad as never, dataFormat: 'NHWC' };
}

/** Computes with channels first. */
function between(onnx: OnnxBuilder, x: string, compute: (channelsFirst: string) => string): string {
  return onnx.transpose(compute(onnx.transpose(x, TO_FIRST)), TO_LAST);
}

/** Rows above, columns before, rows below, columns behind. */
function pads(operation: Operation): number[] {
  const [top, bottom, left, right] = numbersOf(operation, 'padding') as Four;
  return [top, left, bottom, right];
}

function convolution(name: string, isDepthwise: boolean): Kernel {
  return {
    name,
    dtypes: FLOATS,
    attributesOf(call) {
      const { dataFormat, pad, dimRoundingMode } = call.attributes;
      if (dataFormat !== undefined && dataFormat !== 'NHWC') {
        throw unsupported(call, 'expected dataFormat NHWC');
      }
      const [strides, dilations] = [pair(call, 'strides'), pair(call, 'dilations')];
      const info = backend_util.computeConv2DInfo(
        four(call, 'x'),
        four(call, 'filter'),
        strides,
        dilations,
        pad as Pad,
        dimRoundingMode as Rounding,
        isDepthwise,
      );
      return { strides, dilations, padding: padding(call, info) };
    },
    infer(call) {
      const [height, width, C, outputs] = inputOf(call, 'filter').shape as Four;
      return windowed(call, [height, width], isDepthwise ? C * outputs : outputs);
    },
    depth(call) {
      const [height, width, C] = inputOf(call, 'filter').shape as Four;
      return height * width * (isDepthwise ? 1 : C);
    },
    toTfjs: withPad,
    lower(operation, onnx, input) {
      const [height, width, C, outputs] = fixedShape(inputOf(operation, 'filter').shape) as Four;
      // [Kh, Kw, C, F] → [F, C, Kh, Kw], or, for each channel alone, [C·F, 1, Kh, Kw]
      const filter = isDepthwise
        ? onnx.reshape(onnx.transpose(input('filter'), [2, 3, 0, 1]), [C * outputs, 1, height, width])
        : onnx.transpose(input('filter'), [3, 2, 0, 1]);
      return between(onnx, input('x'), (x) =>
        onnx.node('Conv', [x, filter], {
          attributes: {
            kernel_shape: [height, width],
            strides: numbersOf(operation, 'strides'),
            dilations: numbersOf(operation, 'dilations'),
            pads: pads(operation),
            group: isDepthwise ? C : 1,
          },
        }),
      );
    },
  };
}

function pooling(name: string, operator: string): Kernel {
  return {
    name,
    dtypes: FLOATS,
    attributesOf(call) {
      const [filterSize, strides] = [pair(call, 'filterSize'), pair(call, 'strides')];
      const { pad, dimRoundingMode } = call.attributes;
      const info = backend_util.computePool2DInfo(
        four(call, 'x'),
        filterSize,
        strides,
        1,
        pad as Pad,
        dimRoundingMode as Rounding,
      );
      return { filterSize, strides, padding: padding(call, info) };
    },
    infer: (call) => windowed(call, pair(call, 'filterSize'), inputOf(call, 'x').shape[3]!),
    toTfjs: withPad,
    lower(operation, onnx, input) {
      const size = numbersOf(operation, 'filterSize');
      const padding = pads(operation);
      if (padding.some((pixels, side) => pixels >= size[side % 2]!)) {
        throw refused(operation, `less padding than the window of ${size.join('×')}`, padding.join(', '));
      }
      return between(onnx, input('x'), (x) =>
        onnx.node(operator, [x], {
          attributes: { kernel_shape: size, strides: numbersOf(operation, 'strides'), pads: padding },
        }),
      );
    },
  };
}

/** Where a pixel of the result lies in the image, as ONNX calls it. */
function transformation({ attributes }: Operation): string {
  if (attributes.alignCorners === true) return 'align_corners';
  return attributes.halfPixelCenters === true ? 'half_pixel' : 'asymmetric';
}

function resizing(name: string, mode: 'linear' | 'nearest'): Kernel {
  const lower: Lowering = (operation, onnx, input) => {
    const coordinates = transformation(operation);
    // TF.js takes the pixel that a position lies in, or the nearest one where corners are aligned
    const rounding = coordinates === 'asymmetric' ? 'floor' : 'round_prefer_ceil';
    const [B, height, width, channels] = operation.shape;
    // all four, as ONNX Runtime mistakes the sizes of two axes for those of all when it moves a transposition
    const sizes = onnx.lengths([B!, channels!, height!, width!]);
    return between(onnx, input('images'), (images) =>
      onnx.node('Resize', [images, '', '', sizes], {
        attributes: {
          mode,
          coordinate_transformation_mode: coordinates,
          ...(mode === 'nearest' && { nearest_mode: rounding }),
        },
      }),
    );
  };
  return {
    name,
    dtypes: FLOATS,
    lower,
    attributesOf: (call): Attributes => ({
      size: pair(call, 'size'),
      alignCorners: call.attributes.alignCorners === true,
      halfPixelCenters: call.attributes.halfPixelCenters === true,
    }),
    infer(call) {
      const [B, , , channels] = inputOf(call, 'images').shape as Four;
      return { shape: [B, ...pair(call, 'size'), channels], dtype: 'float32' };
    },
  };
}

const CONVOLUTION = convolution('Conv2D', false);
const DEPTHWISE = convolution('DepthwiseConv2dNative', true);

/** The rows. */
export const IMAGES: readonly (Kernel | Alias)[] = [
  CONVOLUTION,
  DEPTHWISE,
  finished('FusedConv2D', CONVOLUTION, ['x', 'filter']),
  finished('FusedDepthwiseConv2D', DEPTHWISE, ['x', 'filter']),
  pooling('MaxPool', 'MaxPool'),
  pooling('AvgPool', 'AveragePool'),
  resizing('ResizeBilinear', 'linear'),
  resizing('ResizeNearestNeighbor', 'nearest'),
];
