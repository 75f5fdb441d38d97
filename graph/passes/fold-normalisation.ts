/** Rescaling and normalisation of images, folded into the patch embedding. */
import { FUSED_EXTRACT_PATCHES } from '../../ops/extract-patches.ts';
import { FUSED_LINEAR } from '../../ops/linear.ts';
import { constantOf, inputOf, type Operation, type Value } from '../../ops/operation.ts';
import { fixedLength, fixedShape, isFixed, sameShape } from '../../shapes/batch-dimension.ts';
import { dimensions } from '../../shapes/dimensions.ts';
import type { Graph } from '../ir/graph.ts';
import { changed, operation, pair } from '../kernels/build.ts';
import { reshape } from '../kernels/structure.ts';
import { rewrite } from './rewrite.ts';

/** factor · source + offset for each channel; both are [C] and made of constants. */
interface Affine {
  readonly source: Value;
  readonly factor: Value;
  readonly offset: Value;
}

/** The axis of the channels in [B, C, H, W]. */
const CHANNELS = 1;

/**
 * A linear map of patches of factor · x + offset becomes one of patches of x.
 *
 * What an image processor does after cropping is such a map, so that a graph can begin at the bytes of an image. Additions
 * and multiplications may stand before or after a transposition to [B, C, H, W].
 */
export function foldNormalisation(graph: Graph): Graph {
  return rewrite(graph, (linear) => {
    const patches = linear.kernel === FUSED_LINEAR.name ? inputOf(linear, 'x') : undefined;
    if (patches?.kind !== 'operation' || patches.kernel !== FUSED_EXTRACT_PATCHES.name) return linear;
    if (linear.inputs.weight?.kind !== 'constant') return linear;
    const pixels = inputOf(patches, 'x');
    if (!isFixed(pixels.shape[CHANNELS]!)) return linear;
    const affine = affineOf(pixels, CHANNELS);
    if (affine.source === pixels) return linear;
    const inputs = { ...patches.inputs, x: affine.source };
    return foldedInto(linear, changed(patches, { inputs }), affine);
  });
}

function foldedInto(linear: Operation, patches: Operation, { factor, offset }: Affine): Operation {
  const weight = inputOf(linear, 'weight');
  const [outputs, inputs] = dimensions(fixedShape(weight.shape), 2, 'weight');
  const channels = fixedLength(factor.shape, 0);
  // [D, C·Ph·Pw] → [D, C, Ph·Pw]
  const byChannel = reshape(weight, [outputs, channels, inputs / channels]);
  const scaled = reshape(pair('Multiply', byChannel, reshape(factor, [1, channels, 1])), [outputs, inputs]);
  const shifts = pair('Multiply', byChannel, reshape(offset, [1, channels, 1]));
  const shift = operation('Sum', { x: shifts }, { axis: [1, 2], keepDims: false });
  const { bias } = linear.inputs;
  const shifted = bias === undefined ? shift : pair('Add', bias, shift);
  return changed(linear, { inputs: { ...linear.inputs, x: patches, weight: scaled, bias: shifted } });
}

/** How a value depends on another one, channel by channel, as far back as that goes. */
function affineOf(value: Value, axis: number): Affine {
  const channels = fixedLength(value.shape, axis);
  const itself: Affine = {
    source: value,
    factor: constantOf(new Float32Array(channels).fill(1), [channels]),
    offset: constantOf(new Float32Array(channels), [channels]),
  };
  if (value.kind !== 'operation' || value.dtype !== 'float32') return itself;
  if (value.kernel === 'Transpose') return transposed(value, axis) ?? itself;
  return paired(value, axis) ?? itself;
}

/** What was done before a transposition moves behind it. */
function transposed(value: Operation, axis: number): Affine | undefined {
  const { perm } = value.attributes;
  const before = Array.isArray(perm) ? perm[axis] : undefined;
  const x = inputOf(value, 'x');
  if (typeof before !== 'number') return undefined;
  const inner = affineOf(x, before);
  if (inner.source === x) return undefined;
  return { ...inner, source: changed(value, { inputs: { x: inner.source } }) };
}

function paired(value: Operation, axis: number): Affine | undefined {
  const { a, b } = value.inputs;
  if (a === undefined || b === undefined) return undefined;
  const [x, c] = b.kind === 'constant' ? [a, b] : [b, a];
  // where a constant makes channels of one, the source has fewer than the patches
  if (!sameShape(x.shape, value.shape)) return undefined;
  const byChannel = perChannel(c, axis, value);
  // a constant minus a value, or divided by one, is left alone
  if (byChannel === undefined || (x !== a && value.kernel !== 'Add' && value.kernel !== 'Multiply'))
    return undefined;
  const { source, factor, offset } = affineOf(x, axis);
  switch (value.kernel) {
    case 'Add':
    case 'Sub':
      return { source, factor, offset: pair(value.kernel, offset, byChannel) };
    case 'Multiply':
    case 'RealDiv':
      return {
        source,
        factor: pair(value.kernel, factor, byChannel),
        offset: pair(value.kernel, offset, byChannel),
      };
    default:
      return undefined;
  }
}

/** A constant with one value for each channel, or one for all, as [C]; undefined if it has more. */
function perChannel(constant: Value, axis: number, value: Operation): Value | undefined {
  if (constant.kind !== 'constant') return undefined;
  const channels = fixedLength(value.shape, axis);
  const aligned = axis - value.shape.length + constant.shape.length;
  const fits = constant.shape.every((length, i) => length === 1 || (i === aligned && length === channels));
  if (!fits) return undefined;
  // a scalar has no such axis
  return reshape(constant, [constant.shape[aligned] ?? 1]);
}
