/** Which system's names a checkpoint has. */
import { FormatError } from '../../../../errors/errors.ts';
import { listed } from '../../../../errors/listed.ts';
import type { KeyScheme, PlainTensors } from '../../../../weights/key-schemes/key-scheme.ts';
import { KEY_SCHEMES } from './schemes.ts';

/** Names that only one of the two families of systems has. */
const OF_TRANSFORMERS = /^(embeddings|encoder\.layer)\./;
const OF_OTHERS = /^((blocks|patch_embed)\.|(cls_token|pos_embed|mask_token|register_tokens|reg_token)$)/;

/** The parameters of a module under FSDP, one after another. */
const FLATTENED = /(^|\.)_?flat_param(_\d+)?$/;

/** Names that an error message lists. */
const LISTED = 10;

/** timm's SwiGLU has the names of an MLP, but its first layer is twice as wide as the second takes. */
function hasTimmSwiGLU(tensors: PlainTensors): boolean {
  const first = tensors.get('blocks.0.mlp.fc1.weight')?.shape[0];
  const second = tensors.get('blocks.0.mlp.fc2.weight')?.shape[1];
  return first !== undefined && second !== undefined && first === 2 * second;
}

function requireModel(tensors: PlainTensors, where: string): void {
  const names = [...tensors.keys()];
  if (tensors.has('weight') && names.every((name) => name === 'weight' || name === 'bias')) {
    const shape = tensors.get('weight')?.shape.join(', ');
    throw new FormatError(
      `${where}: expected the tensors of a DINOv2 model, got a linear head alone (weight [${shape}]); give it as the head of a backbone`,
    );
  }
  if (names.some((name) => FLATTENED.test(name))) {
    throw new FormatError(
      `${where}: expected whole tensors, got one process's share of the flattened parameters of FSDP (${listed(
        names.filter((name) => FLATTENED.test(name)),
        LISTED,
      )}); take the checkpoint of the whole model, which training of DINOv2 keeps in eval/training_…/teacher_checkpoint.pth`,
    );
  }
  const transformers = names.filter((name) => OF_TRANSFORMERS.test(name));
  const others = names.filter((name) => OF_OTHERS.test(name));
  if (transformers.length > 0 && others.length > 0) {
    throw new FormatError(
      `${where}: expected the names of one system, got those of transformers (${listed(transformers, LISTED)}) and of the original code (${listed(others, LISTED)})`,
    );
  }
  if (transformers.length === 0 && others.length === 0) {
    throw new FormatError(
      `${where}: expected the tensors of a DINOv2 model, got ${listed(names, LISTED) || 'none'}`,
    );
  }
}

/**
 * Recognises a scheme; of the rows in which timm's two feed-forward networks share names, those of the network the file
 * has are left. candle's files can't be told from those of the original code, or, with registers, of timm:
 * they have the same tensors.
 *
 * @param tensors by their names without prefixes
 * @throws FormatError listing what was seen if no scheme fits, or two do
 */
export function detectScheme(tensors: PlainTensors, where: string): KeyScheme {
  requireModel(tensors, where);
  const names = [...tensors.keys()];
  if (names.some((name) => OF_TRANSFORMERS.test(name))) {
    const modules = names.some((name) => /\.(attention\.[qkvo]_proj|mlp\.(gate|up|down)_proj)\./.test(name));
    return modules ? KEY_SCHEMES.hf5 : KEY_SCHEMES.hf;
  }
  const isSwiGLU = hasTimmSwiGLU(tensors);
  if (!isSwiGLU && !tensors.has('reg_token')) return KEY_SCHEMES.original;
  const otherFfn = isSwiGLU ? /\.mlp\.fc[12]\./ : /\.mlp\.w(12|3)\./;
  return { ...KEY_SCHEMES.timm, rows: KEY_SCHEMES.timm.rows.filter(([ours]) => !otherFfn.test(ours)) };
}
