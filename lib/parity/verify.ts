/** Running a model on a reference's inputs and comparing every output the reference names. */
import { cast, dispose, type Tensor, type Tensor2D, tensor, tensor4d } from '@tensorflow/tfjs-core';
import { FormatError } from '../../errors/errors.ts';
import { modelOf, type Runnable } from '../../graph/engines/runnable.ts';
import { nonNegative, type OptionsOf, readOptions, value } from '../../options/rows.ts';
import type { ModelSource } from '../../sources/model-source.ts';
import { POSITION_INTERPOLATIONS } from '../families/dinov2/dinov2-fields.ts';
import type { ClassifierLoadOptions } from '../families/dinov2/load-options.ts';
import { type AnyModel, classNamed } from '../families/families.ts';
import { loadModel } from '../loading/load-model.ts';
import type { ModelOutput } from '../model/outputs.ts';
import { readFloat32 } from '../tasks/read-tensor.ts';
import { type Comparison, compareValues } from './compare.ts';
import { heldToBars } from './precisions/bars.ts';
import { isRoundedPrecision } from './precisions/rounded-precision.ts';
import type { Reference } from './reference.ts';

/** What makes pixel values of encoded images. */
export type Preprocess = (
  files: readonly Uint8Array[],
) => Promise<{ data: Float32Array; shape: readonly number[] }>;

/** How outputs are compared. */
export const VERIFY_OPTIONS = {
  /** of every tensor, see `compareValues`; default 1e-4, and for a model in f16 or i8 `PRECISION_BARS` in its place */
  atol: nonNegative({
    flag: '--atol <number>',
    help: 'tolerance: |a − b| ≤ atol · max(1, largest reference value) (default: 1e-4; of f16 and i8 cosines)',
  }),
  /** needed for references that start from encoded images */
  preprocess: value<Preprocess>(),
};

/** The tolerance where no other is given and no weight is rounded. */
const ATOL = 1e-4;

/** An output beside its reference. */
export interface VerifiedTensor extends Comparison {
  /** of a model in f16 or i8, where no `atol` is given: the lowest cosine of a vector, see `PRECISION_BARS` */
  worst?: number;
}

/** How outputs are compared. */
export interface VerifyOptions extends OptionsOf<typeof VERIFY_OPTIONS> {}

/**
 * Loads the model that a reference is about, with the position interpolation that the reference names.
 *
 * @param options win over the reference
 * @throws FormatError if the reference names no class of this library; what `fromPretrained` throws
 */
export async function loadForReference(
  source: ModelSource,
  { where, architecture, metadata }: Reference,
  options: ClassifierLoadOptions = {},
): Promise<AnyModel> {
  const known = classNamed(architecture);
  if (known === undefined) {
    throw new FormatError(`${where}: expected the architecture of a DINOv2 class, got ${architecture}`);
  }
  const { position_interpolation: named } = metadata;
  const positionInterpolation =
    options.positionInterpolation ?? POSITION_INTERPOLATIONS.find((name) => name === named);
  return loadModel([known], source, {
    ...options,
    ...(positionInterpolation && { positionInterpolation }),
  });
}

/**
 * Runs the model once, on TF.js or compiled, and compares everything the reference expects: to a tolerance, or, in f16 and i8, to
 * what `PRECISION_BARS` says of the model's precision.
 *
 * @returns a row for each expected tensor, in file order
 * @throws FormatError if the model does not return one of them, or in another shape
 */
export async function verifyReference(
  model: Runnable<AnyModel>,
  reference: Reference,
  options: VerifyOptions = {},
): Promise<VerifiedTensor[]> {
  // an engine may have widened what was rounded before
  const precision = model.precision === 'f32' ? modelOf(model).precision : model.precision;
  const { atol, preprocess } = readOptions('verifyReference', options, VERIFY_OPTIONS);
  const pixels = await pixelsOf(reference, preprocess);
  const made: Tensor[] = [];
  const input = (name: string): Tensor | undefined => {
    const found = reference.inputs.get(name);
    if (found === undefined) return undefined;
    const integers = name === 'labels' && !found.dtype.startsWith('F') && found.dtype !== 'BF16';
    const uploaded = tensor(
      Float32Array.from(found.values),
      [...found.shape],
      integers ? 'int32' : 'float32',
    );
    made.push(uploaded);
    return uploaded;
  };
  let output: ModelOutput | undefined;
  try {
    const pixelValues = tensor4d(pixels.data, toFour(reference, pixels.shape));
    made.push(pixelValues);
    const masked = input('bool_masked_pos');
    const boolMaskedPos = masked && (cast(masked, 'bool') as Tensor2D);
    if (boolMaskedPos) made.push(boolMaskedPos);
    const attentionMask = input('attention_mask');
    const labels = input('labels');
    output = await model.forward(pixelValues, {
      outputHiddenStates: expects(reference, 'hidden_states.'),
      outputAttentions: expects(reference, 'attentions.'),
      ...(attentionMask && { attentionMask }),
      ...(boolMaskedPos && { boolMaskedPos }),
      ...(labels && { labels }),
    });
    const { named } = output;
    const rows: VerifiedTensor[] = [];
    for (const [name, expected] of reference.expected) {
      const isInput = name === 'pixel_values';
      const actual = isInput
        ? { shape: pixels.shape, values: pixels.data }
        : await valuesOf(reference, name, named.get(name));
      requireShape(reference, name, actual.shape, expected.shape);
      const compared = compareValues(name, actual.values, expected.values, atol ?? ATOL);
      const isHeld = !isInput && atol === undefined && isRoundedPrecision(precision);
      rows.push({ ...compared, ...(isHeld && heldToBars(compared, actual.values, expected, precision)) });
    }
    return rows;
  } finally {
    output?.dispose();
    dispose(made);
  }
}

function expects({ expected }: Reference, prefix: string): boolean {
  return [...expected.keys()].some((name) => name.startsWith(prefix));
}

async function pixelsOf(
  reference: Reference,
  preprocess: Preprocess | undefined,
): Promise<{ data: Float32Array; shape: readonly number[] }> {
  if (reference.imageFiles.length > 0) {
    if (preprocess === undefined) {
      throw new FormatError(`${reference.where}: expected an image processor for its images, got none`);
    }
    return preprocess(reference.imageFiles);
  }
  const given = reference.inputs.get('pixel_values');
  return { data: Float32Array.from(given?.values ?? []), shape: given?.shape ?? [] };
}

function toFour({ where }: Reference, shape: readonly number[]): [number, number, number, number] {
  const [B, C, H, W] = shape;
  if (shape.length !== 4 || B === undefined || C === undefined || H === undefined || W === undefined) {
    throw new FormatError(`${where}: pixel_values: expected [B, C, H, W], got [${shape.join(', ')}]`);
  }
  return [B, C, H, W];
}

async function valuesOf(
  { where, architecture }: Reference,
  name: string,
  found: Tensor | undefined,
): Promise<{ shape: readonly number[]; values: Float32Array }> {
  if (found === undefined)
    throw new FormatError(`${where}: expected ${name} of ${architecture}, got no such output`);
  return { shape: found.shape, values: await readFloat32(found) };
}

function requireShape(
  { where }: Reference,
  name: string,
  actual: readonly number[],
  expected: readonly number[],
): void {
  if (String(actual) === String(expected)) return;
  throw new FormatError(
    `${where}: ${name}: expected [${expected.join(', ')}], got [${actual.join(', ')}] from the model`,
  );
}
