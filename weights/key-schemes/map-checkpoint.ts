/** From the tensors of a file to the weights of a model. */
import type { Checkpoint, TensorInfo } from '../checkpoint.ts';
import { detectScheme, hasTimmSwiGLU } from './detect-scheme.ts';
import { fill, generalise } from './name-pattern.ts';
import { plainNames } from './plain-names.ts';
import { KEY_SCHEMES, type KeyScheme, type KeySchemeName, type SchemeRow } from './schemes.ts';

/** A tensor of the file, or zeros that the file leaves out. */
export type ParameterPart = { readonly tensor: TensorInfo } | { readonly zeros: number };

/** One of our weights and where its values stand; the parts follow one another in memory. */
export interface MappedParameter {
  readonly shape: readonly number[];
  readonly parts: readonly ParameterPart[];
}

/** A checkpoint seen through its key scheme. */
export interface MappedCheckpoint {
  readonly scheme: KeySchemeName;
  /** every weight that was recognised, by our name */
  readonly parameters: ReadonlyMap<string, MappedParameter>;
  /** tensors of the file that no row of the scheme names, or that miss others they belong to */
  readonly unexpected: readonly string[];
  /** tensors of the file that only training needs */
  readonly leftOut: readonly string[];
}

/**
 * Recognises the scheme of a checkpoint and finds every weight in it.
 *
 * @throws FormatError if no scheme fits, or two tensors claim the same weight
 */
export function mapCheckpoint(checkpoint: Checkpoint): MappedCheckpoint {
  const { tensors, leftOut } = plainNames(checkpoint);
  return { ...mapTensors(tensors, detectScheme(tensors, checkpoint.where)), leftOut };
}

/** Which of our weights a tensor of a scheme belongs to, and as which part. */
interface Place {
  ours: string;
  theirs: readonly string[];
}

function placesOf(scheme: KeyScheme, isSwiGLU: boolean): Map<string, Place> {
  const places = new Map<string, Place>();
  for (const [ours, theirs] of relevantRows(scheme, isSwiGLU)) {
    for (const name of theirs) places.set(name, { ours, theirs });
  }
  return places;
}

/** Of the rows that two feed-forward networks share names in, those of the network the file has. */
function relevantRows(scheme: KeyScheme, isSwiGLU: boolean): readonly SchemeRow[] {
  if (scheme.name !== 'timm') return scheme.rows;
  const other = isSwiGLU ? /\.mlp\.fc[12]\./ : /\.mlp\.w(12|3)\./;
  return scheme.rows.filter(([ours]) => !other.test(ours));
}

function mapTensors(
  tensors: ReadonlyMap<string, TensorInfo>,
  scheme: KeyScheme,
): Omit<MappedCheckpoint, 'leftOut'> {
  const places = placesOf(scheme, hasTimmSwiGLU(tensors));
  // transformers 4 and 5 may be mixed in one file: what this scheme doesn't know, the other may
  const sibling = scheme.name === 'hf5' ? placesOf(KEY_SCHEMES.hf, false) : undefined;
  const parameters = new Map<string, MappedParameter>();
  const unexpected: string[] = [];
  for (const [name, info] of tensors) {
    const { pattern, ...placeholders } = generalise(name);
    const place = places.get(pattern) ?? sibling?.get(pattern);
    if (place === undefined) {
      unexpected.push(info.name);
      continue;
    }
    const ours = fill(place.ours, placeholders);
    if (parameters.has(ours)) continue;
    const parts = place.theirs.map((theirs) => tensors.get(fill(theirs, placeholders)));
    const found = parts.filter((part): part is TensorInfo => part !== undefined);
    if (found.length === parts.length) parameters.set(ours, joined(found));
    else unexpected.push(info.name);
  }
  if (scheme.foldsClsPosition) insertClsPosition(parameters);
  return { scheme: scheme.name, parameters, unexpected };
}

/** Several tensors as one, by rows. */
function joined(tensors: readonly TensorInfo[]): MappedParameter {
  const [first] = tensors;
  const [, ...rest] = first?.shape ?? [];
  const fits = tensors.every((tensor) => String(tensor.shape.slice(1)) === String(rest));
  const rows = tensors.reduce((sum, tensor) => sum + (tensor.shape[0] ?? 0), 0);
  const parts = tensors.map((tensor) => ({ tensor }));
  if (tensors.length === 1) return { shape: first?.shape ?? [], parts };
  // tensors that can't be joined get a shape no model asks for, and are reported as misshapen
  return { shape: fits ? [rows, ...rest] : tensors.flatMap((tensor) => tensor.shape), parts };
}

/** Register models of some systems have the CLS position inside `cls_token`: in the table it is zero. */
function insertClsPosition(parameters: Map<string, MappedParameter>): void {
  const positions = parameters.get('pos_embed');
  if (positions === undefined || !parameters.has('register_tokens')) return;
  const [one = 1, patches = 0, dim = 0] = positions.shape;
  parameters.set('pos_embed', {
    shape: [one, patches + 1, dim],
    parts: [{ zeros: dim }, ...positions.parts],
  });
}
