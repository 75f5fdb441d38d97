/** From the tensors of a file to the weights of a model. */
import type { Checkpoint, TensorInfo } from '../checkpoint.ts';
import { requireScales, scaleName, weightOfScale } from '../int8-weight.ts';
import { unreadableTensor } from '../unreadable-tensor.ts';
import type { WeightsOptions } from '../weights-options.ts';
import { requireNoneForeign } from './foreign-quantisation.ts';
import { ignoring } from './ignore-names.ts';
import type { FamilyNames, KeyScheme, MappedParameter, ParameterPart, PlainTensors } from './key-scheme.ts';
import { fill, generalise } from './name-pattern.ts';
import { Places } from './places.ts';
import type { PlainCheckpoint } from './plain-checkpoint.ts';

/** A checkpoint seen through its key scheme. */
export interface MappedCheckpoint {
  readonly checkpoint: Checkpoint;
  /** whose names were looked for */
  readonly family: FamilyNames;
  readonly scheme: KeyScheme;
  /** every weight that was recognised, by our name */
  readonly parameters: ReadonlyMap<string, MappedParameter>;
  /** what stands before the names of the model; ends in a dot, or is empty */
  readonly prefix: string;
  /** tensors of the file that no row of the scheme names, or that miss others they belong to */
  readonly unexpected: readonly string[];
  /** tensors of the file that are left out because the caller has no use for them */
  readonly ignored: readonly string[];
  /** tensors of the file that only training needs */
  readonly leftOut: readonly string[];
}

/**
 * Recognises the scheme of a checkpoint and finds every weight in it.
 *
 * @throws FormatError if no scheme fits, a weight can't be read, or is in 8 bits of another form than ours; OptionError
 */
export function mapCheckpoint(
  { checkpoint, family, names, tensors, isPrefixAsked }: PlainCheckpoint,
  { ignoreUnexpected }: Pick<WeightsOptions, 'ignoreUnexpected'> = {},
): MappedCheckpoint {
  const mayIgnore = ignoring(ignoreUnexpected);
  const scheme = family.detect(tensors, checkpoint.where);
  const places = new Places(scheme);
  requireReadable(checkpoint, names.plain, places);
  requireNoneForeign(tensors, places, checkpoint.where);
  const { parameters, unknown } = mapTensors(tensors, places, checkpoint.where);
  family.complete(parameters, scheme);
  const foreign = family.foreign(parameters).filter(([, theirs]) => mayIgnore(theirs));
  for (const [ours] of foreign) parameters.delete(ours);
  const outside = names.outside.filter((name) => checkpoint.tensors.has(name));
  const unexpected = isPrefixAsked ? unknown : [...unknown, ...outside];
  return {
    checkpoint,
    family,
    scheme,
    parameters,
    prefix: names.prefix,
    unexpected: unexpected.filter((name) => !mayIgnore(name)),
    ignored: [
      ...foreign.map(([, theirs]) => theirs),
      ...unexpected.filter(mayIgnore),
      ...(isPrefixAsked ? outside : []),
    ],
    leftOut: names.leftOut,
  };
}

/** What can't be read may stand beside the weights, but not in the place of one. */
function requireReadable(
  { where, unreadable = new Map() }: Checkpoint,
  plain: ReadonlyMap<string, string>,
  places: Places,
): void {
  for (const [name, what] of unreadable) {
    const own = plain.get(name);
    if (own !== undefined && places.of(own) !== undefined) throw unreadableTensor(where, name, what);
  }
}

function mapTensors(
  tensors: PlainTensors,
  places: Places,
  where: string,
): { parameters: Map<string, MappedParameter>; unknown: string[] } {
  const parameters = new Map<string, MappedParameter>();
  const unknown: string[] = [];
  for (const [name, info] of tensors) {
    const place = places.of(name);
    if (place === undefined) {
      unknown.push(info.name);
      continue;
    }
    const scaled = weightOfScale(name);
    if (scaled !== undefined) {
      requireScales(where, tensors.get(scaled), info);
      continue;
    }
    const placeholders = generalise(name);
    const ours = fill(place.ours, placeholders);
    if (parameters.has(ours)) continue;
    const parts = place.theirs.map((theirs) => partOf(tensors, fill(theirs, placeholders), where));
    const found = parts.filter((part): part is TensorPart => part !== undefined);
    if (found.length === parts.length) parameters.set(ours, joined(found));
    else unknown.push(info.name);
  }
  return { parameters, unknown };
}

type TensorPart = Extract<ParameterPart, { tensor: TensorInfo }>;

/** A tensor by its plain name, with the factors of its rows where it is in 8 bits. */
function partOf(tensors: PlainTensors, name: string, where: string): TensorPart | undefined {
  const tensor = tensors.get(name);
  if (tensor?.dtype !== 'I8') return tensor && { tensor };
  return { tensor, scales: requireScales(where, tensor, tensors.get(scaleName(name))) };
}

/** Several tensors as one, by rows. */
function joined(parts: readonly TensorPart[]): MappedParameter {
  const shapes = parts.map(({ tensor }) => tensor.shape);
  const [first = []] = shapes;
  if (shapes.length === 1) return { shape: first, parts };
  const [, ...rest] = first;
  const fits = shapes.every((shape) => String(shape.slice(1)) === String(rest));
  const rows = shapes.reduce((sum, [count = 0]) => sum + count, 0);
  // tensors that can't be joined get a shape no model asks for, and are reported as misshapen
  return { shape: fits ? [rows, ...rest] : shapes.flat(), parts };
}
