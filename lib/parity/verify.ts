/** Running a model on a reference's inputs and comparing every output and gradient the reference names. */
import { dispose, tidy } from '@tensorflow/tfjs-core';
import { FormatError, OptionError } from '../../errors/errors.ts';
import { CompiledModel } from '../../graph/engines/compiled-model.ts';
import { modelOf, type Runnable } from '../../graph/engines/runnable.ts';
import { nonNegative, type OptionsOf, readOptions, value } from '../../options/rows.ts';
import type { ModelSource } from '../../sources/model-source.ts';
import { POSITION_INTERPOLATIONS } from '../families/dinov2/dinov2-fields.ts';
import type { ClassifierLoadOptions } from '../families/dinov2/load-options.ts';
import { type AnyModel, classNamed } from '../families/families.ts';
import { loadModel } from '../loading/load-model.ts';
import { type Comparison, compareValues } from './compare.ts';
import { forwardAnswer, type ModelAnswer } from './forward-answer.ts';
import { GRADIENTS, trainingAnswer } from './gradients/training-answer.ts';
import { heldToBars } from './precisions/bars.ts';
import { isRoundedPrecision } from './precisions/rounded-precision.ts';
import type { Reference } from './reference.ts';
import { inputTensors, type ReferencePixels } from './reference-inputs.ts';

/** What makes pixel values of encoded images. */
export type Preprocess = (files: readonly Uint8Array[]) => Promise<ReferencePixels>;

/** How outputs are compared. */
export const VERIFY_OPTIONS = {
  /**
   * of every tensor, see `compareValues`; default 1e-4, and for a model in f16 or i8 `PRECISION_BARS` in its place. Gradients are
   * set in relation to the largest of the whole file, or to 1; default 1e-5
   */
  atol: nonNegative({
    flag: '--atol <number>',
    help: 'tolerance: |a − b| ≤ atol · max(1, largest reference value) (default: 1e-4; 1e-5 of gradients; of f16 and i8 cosines)',
  }),
  /** needed for references that start from encoded images */
  preprocess: value<Preprocess>(),
};

/** The tolerance where no other is given and no weight is rounded. */
const ATOL = 1e-4;
/** The same of gradients. */
const GRADIENT_ATOL = 1e-5;

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
 * what `PRECISION_BARS` says of the model's precision. Where it expects gradients, the model is run forward and backward, and as
 * in training if the reference has the numbers that were drawn.
 *
 * @returns a row for each expected tensor, in file order
 * @throws FormatError if the model does not return one of them, or in another shape; OptionError if gradients are wanted of a
 *   compiled model
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
  const { where, architecture, expected: all } = reference;
  const largest = largestGradient(reference);
  const answer = await answerOf(model, reference, pixels);
  try {
    const rows: VerifiedTensor[] = [];
    for (const [name, expected] of all) {
      const isInput = name === 'pixel_values';
      const actual = isInput
        ? { shape: pixels.shape, values: pixels.data }
        : await answer.read(name, expected.shape);
      if (actual === undefined) {
        throw new FormatError(`${where}: expected ${name} of ${architecture}, got no such output`);
      }
      requireShape(reference, name, actual.shape, expected.shape);
      const compared = compareValues(name, actual.values, expected.values, atol ?? ATOL);
      if (name.startsWith(GRADIENTS)) {
        rows.push({ ...compared, pass: compared.maxAbs <= (atol ?? GRADIENT_ATOL) * Math.max(1, largest) });
        continue;
      }
      const isHeld = !isInput && atol === undefined && isRoundedPrecision(precision);
      rows.push({ ...compared, ...(isHeld && heldToBars(compared, actual.values, expected, precision)) });
    }
    return rows;
  } finally {
    answer.dispose();
  }
}

/** Runs the model once, backward too where the reference expects gradients. */
async function answerOf(
  model: Runnable<AnyModel>,
  reference: Reference,
  pixels: ReferencePixels,
): Promise<ModelAnswer> {
  const hasGradients = [...reference.expected.keys()].some((name) => name.startsWith(GRADIENTS));
  if (hasGradients && model instanceof CompiledModel) {
    throw new OptionError(
      `verifyReference: expected a model on TF.js for the gradients of ${reference.where}, got one that is compiled`,
    );
  }
  const inputs = tidy(() => inputTensors(reference, pixels));
  try {
    if (hasGradients && !(model instanceof CompiledModel))
      return await trainingAnswer(model, reference, inputs);
    return await forwardAnswer(model, reference, inputs);
  } finally {
    dispose(inputs);
  }
}

function largestGradient({ expected }: Reference): number {
  let largest = 0;
  for (const [name, { values }] of expected) {
    if (!name.startsWith(GRADIENTS)) continue;
    for (const value of values) largest = Math.max(largest, Math.abs(value));
  }
  return largest;
}

async function pixelsOf(reference: Reference, preprocess: Preprocess | undefined): Promise<ReferencePixels> {
  if (reference.imageFiles.length > 0) {
    if (preprocess === undefined) {
      throw new FormatError(`${reference.where}: expected an image processor for its images, got none`);
    }
    return preprocess(reference.imageFiles);
  }
  const given = reference.inputs.get('pixel_values');
  return { data: Float32Array.from(given?.values ?? []), shape: given?.shape ?? [] };
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
