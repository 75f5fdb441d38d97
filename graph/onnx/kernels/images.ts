/** Convolutions, pooling and resizing: TF.js has channels last, ONNX first. */
import { fixedShape } from '../../ir/build.ts';
import { inputOf, type Operation } from '../../ir/graph.ts';
import type { Lowering } from '../lowering.ts';
import { FLOATS, type Lower, type Lowers, numbersOf, only, refused } from './lower.ts';

const TO_FIRST = [0, 3, 1, 2];
const TO_LAST = [0, 2, 3, 1];

function between(lowering: Lowering, x: string, compute: (channelsFirst: string) => string): string {
  return lowering.transpose(compute(lowering.transpose(x, TO_FIRST)), TO_LAST);
}

/** Rows above, columns before, rows below, columns behind. */
function pads(operation: Operation): number[] {
  const [top = 0, bottom = 0, left = 0, right = 0] = numbersOf(operation, 'padding');
  return [top, left, bottom, right];
}

const convolution: Lower = (operation, lowering, input) => {
  const [height = 1, width = 1, channels = 1, outputs = 1] = fixedShape(inputOf(operation, 'filter').shape);
  const depthwise = operation.kernel === 'DepthwiseConv2dNative';
  // [Kh, Kw, C, F] → [F, C, Kh, Kw], or, for each channel alone, [C·F, 1, Kh, Kw]
  const filter = depthwise
    ? lowering.reshape(lowering.transpose(input('filter'), [2, 3, 0, 1]), [
        channels * outputs,
        1,
        height,
        width,
      ])
    : lowering.transpose(input('filter'), [3, 2, 0, 1]);
  return between(lowering, input('x'), (x) =>
    lowering.node('Conv', [x, filter], {
      attributes: {
        kernel_shape: [height, width],
        strides: numbersOf(operation, 'strides'),
        dilations: numbersOf(operation, 'dilations'),
        pads: pads(operation),
        group: depthwise ? channels : 1,
      },
    }),
  );
};

function pooling(operator: string): Lower {
  return (operation, lowering, input) => {
    const size = numbersOf(operation, 'filterSize');
    const padding = pads(operation);
    if (padding.some((pixels, side) => pixels >= (size[side % 2] ?? 0))) {
      throw refused(operation, `less padding than the window of ${size.join('×')}`, padding.join(', '));
    }
    return between(lowering, input('x'), (x) =>
      lowering.node(operator, [x], {
        attributes: { kernel_shape: size, strides: numbersOf(operation, 'strides'), pads: padding },
      }),
    );
  };
}

/** Where a pixel of the result lies in the image, as ONNX calls it. */
function transformation({ attributes }: Operation): string {
  if (attributes.alignCorners === true) return 'align_corners';
  return attributes.halfPixelCenters === true ? 'half_pixel' : 'asymmetric';
}

function resizing(mode: 'linear' | 'nearest'): Lower {
  return (operation, lowering, input) => {
    const coordinates = transformation(operation);
    // TF.js takes the pixel that a position lies in, or the nearest one where corners are aligned
    const rounding = coordinates === 'asymmetric' ? 'floor' : 'round_prefer_ceil';
    const [B = 1, height = 1, width = 1, channels = 1] = operation.shape;
    // all four, as ONNX Runtime mistakes the sizes of two axes for those of all when it moves a transposition
    const sizes = lowering.lengths([B, channels, height, width]);
    return between(lowering, input('images'), (images) =>
      lowering.node('Resize', [images, '', '', sizes], {
        attributes: {
          mode,
          coordinate_transformation_mode: coordinates,
          ...(mode === 'nearest' && { nearest_mode: rounding }),
        },
      }),
    );
  };
}

/** The kernels of this file. */
export const IMAGES: Lowers = {
  Conv2D: only(FLOATS, convolution),
  DepthwiseConv2dNative: only(FLOATS, convolution),
  MaxPool: only(FLOATS, pooling('MaxPool')),
  AvgPool: only(FLOATS, pooling('AveragePool')),
  ResizeBilinear: only(FLOATS, resizing('linear')),
  ResizeNearestNeighbor: only(FLOATS, resizing('nearest')),
};
