/** What other systems can't hold of a DINOv2 model, and what they ask for. */
import { FormatError } from '../../../../errors/errors.ts';
import type { Checkpoint } from '../../../../weights/checkpoint.ts';
import { DTYPE_BYTES } from '../../../../weights/dtype.ts';
import type {
  KeyScheme,
  KeySchemeName,
  SchemeView,
  SchemeViewOptions,
  TensorNote,
} from '../../../../weights/key-schemes/key-scheme.ts';
import { headOf } from '../../../heads/heads.ts';
import { foldClsPosition } from './fold-cls-position.ts';

/** Whose register models have the position of CLS inside `cls_token` and none in `pos_embed`. */
export function foldsClsPosition(system: KeySchemeName): boolean {
  return system === 'timm' || system === 'candle';
}

/**
 * Gives a checkpoint the tensors that a system has: CLS positions folded where it folds them, a mask token or none, no head
 * where it has none.
 *
 * @param canonical under our names
 * @throws FormatError if the system has no such models
 */
export function prepare(
  canonical: Checkpoint,
  scheme: KeyScheme,
  { maskToken = true, head: known }: SchemeViewOptions,
): SchemeView {
  if (
    scheme.name === 'candle' &&
    [...canonical.tensors.keys()].some((name) => /\.mlp\.w(12|3)\./.test(name))
  ) {
    throw new FormatError(`${canonical.where}: expected an MLP, as candle has no SwiGLU, got SwiGLU`);
  }
  const lost: TensorNote[] = [];
  const added: TensorNote[] = [];
  let source = canonical;
  if (foldsClsPosition(scheme.name) && source.tensors.has('register_tokens')) {
    source = foldClsPosition(source);
    lost.push({ name: 'pos_embed[:, 0]', why: foldingCost(source, scheme) });
  }
  for (const name of canonical.tensors.keys()) {
    const head = headOf(name, known);
    if (head === undefined) continue;
    const why =
      head.lostIn?.[scheme.name] ??
      (head.rows[scheme.name] ? undefined : `${scheme.description} has no such head`);
    if (why === undefined) continue;
    source = without(source, name);
    lost.push({ name, why });
  }
  const placesMask = scheme.rows.some(([ours]) => ours === 'mask_token');
  if (!placesMask && source.tensors.has('mask_token')) {
    source = without(source, 'mask_token');
    lost.push({ name: 'mask_token', why: `${scheme.description} has no mask token` });
  } else if (placesMask && (maskToken || scheme.name === 'original') && !source.tensors.has('mask_token')) {
    source = withMaskToken(source);
    added.push({
      name: 'mask_token',
      why: `zeros, as ${scheme.description} asks for one and the source has none`,
    });
  }
  return { checkpoint: source, lost, added };
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
