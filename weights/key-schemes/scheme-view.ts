/** A checkpoint under the names of another system. */
import { FormatError } from '../../errors/errors.ts';
import type { Checkpoint, TensorInfo } from '../checkpoint.ts';
import { DTYPE_BYTES } from '../dtype.ts';
import { foldClsPosition } from './fold-cls-position.ts';
import { fill, generalise } from './name-pattern.ts';
import { RecentReads } from './recent-reads.ts';
import { KEY_SCHEMES, type KeyScheme, type KeySchemeName } from './schemes.ts';

/** A tensor that a system can't hold, or needs and was not there. */
export interface TensorNote {
  /** our name */
  readonly name: string;
  readonly why: string;
}

/** A checkpoint as another system would have written it, and what that cost. */
export interface SchemeView {
  /** tensors by the system's names; closing it closes the file */
  readonly checkpoint: Checkpoint;
  /** what the system has no place for */
  readonly lost: readonly TensorNote[];
  /** what the system asks for and the source has not */
  readonly added: readonly TensorNote[];
}

/** What a view may differ in. */
export interface SchemeViewOptions {
  /**
   * whether a mask token of zeros is added for transformers where the source has none; default true, as it is for
   * `use_mask_token`. The original code asks for one in any case.
   */
  maskToken?: boolean;
}

/**
 * Sees a checkpoint under the names of another system: renamed, and with what that system splits split by rows.
 *
 * A checkpoint with a head gets the names that classifiers of transformers and of the original code have. Values keep their bytes, except those
 * that `lost` names.
 *
 * @param canonical under our names, as `canonicalView` or an earlier stage gives it
 * @throws FormatError if a tensor has no place in any scheme or can't be split, or the system has no such models
 */
export function schemeView(
  canonical: Checkpoint,
  to: KeySchemeName,
  { maskToken = true }: SchemeViewOptions = {},
): SchemeView {
  const scheme = KEY_SCHEMES[to];
  requireKnown(canonical, scheme);
  const lost: TensorNote[] = [];
  const added: TensorNote[] = [];
  let source = canonical;
  if (scheme.foldsClsPosition && source.tensors.has('register_tokens')) {
    source = foldClsPosition(source);
    lost.push({ name: 'pos_embed[:, 0]', why: foldingCost(source, scheme) });
  }
  if (to === 'timm') {
    for (const name of [...source.tensors.keys()].filter((ours) => ours.startsWith('head.'))) {
      source = without(source, name);
      lost.push({ name, why: 'timm has no classifier on CLS and the mean of the patches' });
    }
  }
  const placesMask = scheme.rows.some(([ours]) => ours === 'mask_token');
  if (!placesMask && source.tensors.has('mask_token')) {
    source = without(source, 'mask_token');
    lost.push({ name: 'mask_token', why: `${scheme.description} has no mask token` });
  } else if (placesMask && (maskToken || to === 'original') && !source.tensors.has('mask_token')) {
    source = withMaskToken(source);
    added.push({
      name: 'mask_token',
      why: `zeros, as ${scheme.description} asks for one and the source has none`,
    });
  }
  return { checkpoint: renamed(source, scheme), lost, added };
}

function requireKnown(canonical: Checkpoint, scheme: KeyScheme): void {
  const names = [...canonical.tensors.keys()];
  const ours = new Set(KEY_SCHEMES.original.rows.map(([name]) => name));
  const unknown = names.filter((name) => !ours.has(generalise(name).pattern));
  if (unknown.length > 0) {
    throw new FormatError(
      `${canonical.where}: expected the tensors of a DINOv2 model, got also ${unknown.join(', ')}`,
    );
  }
  if (scheme.name === 'candle' && names.some((name) => /\.mlp\.w(12|3)\./.test(name))) {
    throw new FormatError(`${canonical.where}: expected an MLP, as candle has no SwiGLU, got SwiGLU`);
  }
}

function foldingCost({ tensors }: Checkpoint, { description }: KeyScheme): string {
  const dtype = tensors.get('cls_token')?.dtype;
  const rounded = dtype === 'F16' || dtype === 'BF16' ? `, rounded to ${dtype},` : '';
  return `${description} has the position of CLS inside cls_token; the sum${rounded} can't be taken apart again`;
}

function without(checkpoint: Checkpoint, name: string): Checkpoint {
  const tensors = new Map(checkpoint.tensors);
  tensors.delete(name);
  return { ...checkpoint, tensors };
}

function withMaskToken(checkpoint: Checkpoint): Checkpoint {
  const cls = checkpoint.tensors.get('cls_token');
  const dim = cls?.shape.at(-1);
  if (cls === undefined || dim === undefined) {
    throw new FormatError(`${checkpoint.where}: expected a cls_token, got none`);
  }
  const byteLength = dim * DTYPE_BYTES[cls.dtype];
  const tensors = new Map(checkpoint.tensors);
  tensors.set('mask_token', { name: 'mask_token', dtype: cls.dtype, shape: [1, dim], byteLength });
  return {
    ...checkpoint,
    tensors,
    read: async (name) => (name === 'mask_token' ? new Uint8Array(byteLength) : checkpoint.read(name)),
  };
}

/** What stands in front of the names of a classifier, which has the backbone as a module of its own. */
interface Prefixes {
  readonly backbone: string;
  readonly head: string;
}

function prefixesOf({ tensors }: Checkpoint, { name }: KeyScheme): Prefixes {
  const isClassifier = [...tensors.keys()].some((ours) => ours.startsWith('head.'));
  if (!isClassifier || name === 'candle') return { backbone: '', head: '' };
  if (name === 'original') return { backbone: 'backbone.', head: 'linear_' };
  return { backbone: tensors.has('register_tokens') ? 'dinov2_with_registers.' : 'dinov2.', head: '' };
}

/** Rows of a tensor under our name. */
interface Rows {
  readonly ours: string;
  readonly part: number;
  readonly parts: number;
}

function renamed(source: Checkpoint, scheme: KeyScheme): Checkpoint {
  const theirsOf = new Map(scheme.rows);
  const prefixes = prefixesOf(source, scheme);
  const tensors = new Map<string, TensorInfo>();
  const rowsOf = new Map<string, Rows>();
  for (const [ours, info] of source.tensors) {
    const { pattern, ...placeholders } = generalise(ours);
    const theirs = theirsOf.get(pattern) ?? [];
    for (const [part, row] of theirs.entries()) {
      const prefix = ours.startsWith('head.') ? prefixes.head : prefixes.backbone;
      const name = prefix + fill(row, placeholders);
      tensors.set(name, { ...rowsInfo(info, theirs.length, source.where), name });
      rowsOf.set(name, { ours, part, parts: theirs.length });
    }
  }
  const recent = new RecentReads(source);
  return {
    ...source,
    tensors,
    async read(name) {
      const rows = rowsOf.get(name);
      if (rows === undefined) {
        throw new FormatError(`${source.where}: expected a tensor named ${name}, got none`);
      }
      const { ours, part, parts } = rows;
      if (parts === 1) return source.read(ours);
      const whole = await recent.read(ours);
      const length = whole.byteLength / parts;
      return whole.slice(part * length, (part + 1) * length);
    },
  };
}

function rowsInfo(info: TensorInfo, parts: number, where: string): TensorInfo {
  const [rows = 0, ...rest] = info.shape;
  if (parts === 1) return info;
  if (info.shape.length === 0 || rows % parts !== 0) {
    throw new FormatError(
      `${where}: ${info.name}: expected rows that divide by ${parts}, got [${info.shape.join(', ')}]`,
    );
  }
  return { ...info, shape: [rows / parts, ...rest], byteLength: info.byteLength / parts };
}
