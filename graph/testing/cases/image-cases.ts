/** Convolutions, pooling and resizing. */
import * as tf from '@tensorflow/tfjs-core';
import { type Tensor, type Tensor3D, type Tensor4D, tensor4d } from '@tensorflow/tfjs-core';
import { floats, type KernelCase, onOne } from './kernel-case.ts';

const X = floats([7, 8, 3]);

type Shape = [number, number, number, number];
type Pad = 'same' | 'valid' | number | [[0, 0], [number, number], [number, number], [0, 0]];
type Pair = number | [number, number];

function filter(shape: Shape): Tensor4D {
  const [a, b, c, d] = shape;
  return tensor4d(
    Float32Array.from({ length: a * b * c * d }, (_, i) => Math.sin(7 * i + 1)),
    shape,
  );
}

const AROUND: Pad = [
  [0, 0],
  [2, 1],
  [0, 3],
  [0, 0],
];

/** Strides, padding and dilations. */
const WAYS: readonly (readonly [string, Pair, Pad, Pair?])[] = [
  ['valid', 1, 'valid'],
  ['same', 1, 'same'],
  ['same in steps', [2, 3], 'same'],
  ['valid in steps', [3, 2], 'valid'],
  ['padded on all sides', 2, 1],
  ['padded by sides', [1, 2], AROUND],
  ['dilated', 1, 'valid', [2, 3]],
  ['dilated and padded', 1, 'same', 2],
];

const CONVOLUTIONS: readonly KernelCase[] = WAYS.flatMap(([way, strides, pad, dilations = 1]) => [
  onOne(`conv2d, ${way}`, X, (x) =>
    tf.conv2d(x as Tensor4D, filter([3, 2, 3, 4]), strides, pad, 'NHWC', dilations),
  ),
  onOne(`depthwiseConv2d, ${way}`, X, (x) =>
    tf.depthwiseConv2d(x as Tensor4D, filter([3, 2, 3, 2]), strides, pad, 'NHWC', dilations),
  ),
]);

const FUSED: readonly KernelCase[] = [
  onOne('fused conv2d', X, (x) =>
    tf.fused.conv2d({
      x: x as Tensor4D,
      filter: filter([3, 3, 3, 2]),
      strides: 1,
      pad: 'same',
      bias: tf.tensor1d([0.5, -0.5]),
      activation: 'relu',
    }),
  ),
  onOne('fused depthwiseConv2d', X, (x) =>
    tf.fused.depthwiseConv2d({
      x: x as Tensor4D,
      filter: filter([3, 3, 3, 1]),
      strides: 1,
      pad: 'same',
      bias: tf.tensor1d([0.5, -0.5, 1]),
      activation: 'relu6',
    }),
  ),
  onOne('conv1d', floats([9, 2]), (x) =>
    tf.conv1d(x as Tensor3D, tf.reshape(filter([3, 2, 4, 1]), [3, 2, 4]) as Tensor3D, 2, 'same'),
  ),
];

const POOLS: readonly KernelCase[] = WAYS.filter(([, , , dilations]) => dilations === undefined).flatMap(
  ([way, strides, pad]) => {
    const size: Pair = pad === AROUND ? [3, 4] : [3, 2];
    return [
      onOne(`maxPool, ${way}`, X, (x) => tf.maxPool(x as Tensor4D, size, strides, pad)),
      onOne(`avgPool, ${way}`, X, (x) => tf.avgPool(x as Tensor4D, size, strides, pad)),
    ];
  },
);

/** Larger, smaller, by whole factors, by others, and to one pixel. */
const SIZES: readonly [number, number][] = [
  [14, 16],
  [3, 5],
  [11, 9],
  [21, 24],
  [1, 1],
  [7, 8],
  [10, 3],
];

type Resize = typeof tf.image.resizeBilinear;

const RESIZES: readonly KernelCase[] = [
  { way: '', flags: [false, false] },
  { way: ' with aligned corners', flags: [true, false] },
  { way: ' with half pixels', flags: [false, true] },
].flatMap(({ way, flags: [alignCorners, halfPixelCenters] }) => {
  const toAllSizes = (resize: Resize) => (x: Tensor) =>
    Object.fromEntries(
      SIZES.map((size) => [`to ${size}`, resize(x as Tensor4D, size, alignCorners, halfPixelCenters)]),
    );
  return [
    onOne(`resizeBilinear${way}`, floats([7, 8, 2]), toAllSizes(tf.image.resizeBilinear)),
    onOne(`resizeNearestNeighbor${way}`, floats([7, 8, 2]), toAllSizes(tf.image.resizeNearestNeighbor)),
  ];
});

/** The cases of this file. */
export const IMAGE_CASES: readonly KernelCase[] = [...CONVOLUTIONS, ...FUSED, ...POOLS, ...RESIZES];
