/** From the tensors of a file to the weights of a model. */
import { FormatError } from '../../errors/errors.ts';
import type { Checkpoint, TensorInfo } from '../checkpoint.ts';
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
}

/** What frameworks and training code put in front of names. */
const PREFIX = /^(module|_orig_mod|teacher|backbone|model|state_dict|dinov2|dinov2_with_registers)\./;

/** Blocks of training runs are kept in chunks: `blocks.<chunk>.<block>`, the block counted through. */
const CHUNKED = /^blocks\.\d+\.(\d+)\./;

/** A name without prefixes and chunks. */
export function plainName(name: string): string {
  let plain = name;
  while (PREFIX.test(plain)) plain = plain.replace(PREFIX, '');
  return plain.replace(CHUNKED, 'blocks.$1.');
}

/**
 * Recognises the scheme of a checkpoint and finds every weight in it.
 *
 * @throws FormatError if no scheme fits, or two tensors claim the same weight
 */
export function mapCheckpoint(checkpoint: Checkpoint): MappedCheckpoint {
  const plain = new Map<string, TensorInfo>();
  for (const [name, info] of checkpoint.tensors) {
    const key = plainName(name);
    const other = plain.get(key);
    if (other !== undefined) {
      throw new FormatError(
        `${checkpoint.where}: expected one tensor for ${key}, got ${other.name} and ${name}`,
      );
    }
    plain.set(key, info);
  }
  const scheme = detectScheme(plain, checkpoint.where);
  return mapTensors(plain, scheme);
}

function detectScheme(tensors: ReadonlyMap<string, TensorInfo>, where: string): KeyScheme {
  const names = [...tensors.keys()];
  if (names.some((name) => name.startsWith('encoder.layer.') || name.startsWith('embeddings.'))) {
    const modules = names.some((name) => /\.(q_proj|gate_proj|o_proj)\./.test(name));
    return modules ? KEY_SCHEMES.hf5 : KEY_SCHEMES.hf;
  }
  if (tensors.has('reg_token') || hasTimmSwiGLU(tensors)) return KEY_SCHEMES.timm;
  if (names.some((name) => name.startsWith('blocks.')) || tensors.has('cls_token'))
    return KEY_SCHEMES.original;
  throw new FormatError(
    `${where}: expected the tensors of a DINOv2 model, got ${names.slice(0, 3).join(', ')}${names.length > 3 ? ', …' : ''}`,
  );
}

/** timm's SwiGLU has the names of an MLP, but its first layer is twice as wide as the second takes. */
function hasTimmSwiGLU(tensors: ReadonlyMap<string, TensorInfo>): boolean {
  const first = tensors.get('blocks.0.mlp.fc1.weight')?.shape[0];
  const second = tensors.get('blocks.0.mlp.fc2.weight')?.shape[1];
  return first !== undefined && second !== undefined && first === 2 * second;
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

/** A name as it stands in a table, and what its placeholders stood for. */
function generalise(name: string): { pattern: string; block: string; kind: string } {
  let block = '';
  let kind = '';
  const pattern = name
    .replace(/(^|\.)(blocks|layer)\.(\d+)\./, (_, before: string, stem: string, index: string) => {
      block = index;
      return `${before}${stem}.{i}.`;
    })
    .replace(/\.(weight|bias)$/, (_, ending: string) => {
      kind = ending;
      return '.{p}';
    });
  return { pattern, block, kind };
}

function fill(pattern: string, block: string, kind: string): string {
  return pattern.replace('{i}', block).replace('{p}', kind);
}

function mapTensors(tensors: ReadonlyMap<string, TensorInfo>, scheme: KeyScheme): MappedCheckpoint {
  const places = placesOf(scheme, hasTimmSwiGLU(tensors));
  // transformers 4 and 5 may be mixed in one file: what this scheme doesn't know, the other may
  const sibling = scheme.name === 'hf5' ? placesOf(KEY_SCHEMES.hf, false) : undefined;
  const parameters = new Map<string, MappedParameter>();
  const unexpected: string[] = [];
  for (const [name, info] of tensors) {
    const { pattern, block, kind } = generalise(name);
    const place = places.get(pattern) ?? sibling?.get(pattern);
    if (place === undefined) {
      unexpected.push(info.name);
      continue;
    }
    const ours = fill(place.ours, block, kind);
    if (parameters.has(ours)) continue;
    const parts = place.theirs.map((theirs) => tensors.get(fill(theirs, block, kind)));
    const found = parts.filter((part): part is TensorInfo => part !== undefined);
    if (found.length === parts.length) parameters.set(ours, joined(found));
    else unexpected.push(info.name);
  }
  if (scheme.name === 'timm') insertClsPosition(parameters);
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

/** timm's register models have the CLS position inside `cls_token`: in the table it is zero. */
function insertClsPosition(parameters: Map<string, MappedParameter>): void {
  const positions = parameters.get('pos_embed');
  if (positions === undefined || !parameters.has('register_tokens')) return;
  const [one = 1, patches = 0, dim = 0] = positions.shape;
  parameters.set('pos_embed', {
    shape: [one, patches + 1, dim],
    parts: [{ zeros: dim }, ...positions.parts],
  });
}
