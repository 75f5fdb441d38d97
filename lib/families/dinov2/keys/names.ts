/** The names of DINOv2's weights, as the engine of key schemes is handed them. */
import type {
  FamilyNames,
  KeyScheme,
  MappedParameter,
  SchemeViewOptions,
} from '../../../../weights/key-schemes/key-scheme.ts';
import { HEADS, headOf } from '../../../heads/heads.ts';
import { detectScheme } from './detect-scheme.ts';
import { foldsClsPosition, prepare } from './prepare.ts';
import { KEY_SCHEMES, moduleName } from './schemes.ts';

/** Tables, patterns and rules of all systems that have DINOv2 models. */
export const DINOV2_NAMES: FamilyNames = {
  model: 'a DINOv2 model',
  schemes: KEY_SCHEMES,
  // the CLS token is in no other model
  anchors: [
    /^((?:.*?\.)??)(?:embeddings\.)?cls_token$/s,
    /^((?:.*?\.)??)(?:patch_embed\.proj|embeddings\.patch_embeddings\.projection)\.weight$/s,
  ],
  modules: /^(?:(?:teacher|student|backbone|model|state_dict|dinov2|dinov2_with_registers)\.)*/,
  spellings: [
    // blocks of training runs are kept in chunks: `blocks.<chunk>.<block>`, the block counted through
    [/^blocks\.\d+\.(\d+)\./, 'blocks.$1.'],
    ...HEADS.flatMap(({ spellings = [] }) => spellings),
  ],
  // projection heads, the centres of losses, how often an average was taken
  ofTraining: /^((dino_head|ibot_head|dino_loss|ibot_patch_loss)\.|n_averaged$)/,
  ofNetwork: /^(blocks|patch_embed|embeddings|encoder\.layer)\./,
  detect: detectScheme,
  complete: insertClsPosition,
  prepare,
  prefixOf,
  orderName: moduleName,
  foreign: (parameters) => HEADS.flatMap((head) => head.foreign?.(parameters) ?? []),
};

/** Register models of some systems have the CLS position inside `cls_token`: in the table it is zero. */
function insertClsPosition(parameters: Map<string, MappedParameter>, { name }: KeyScheme): void {
  const positions = parameters.get('pos_embed');
  if (!foldsClsPosition(name) || positions === undefined || !parameters.has('register_tokens')) return;
  const [one = 1, patches = 0, dim = 0] = positions.shape;
  parameters.set('pos_embed', {
    shape: [one, patches + 1, dim],
    parts: [{ zeros: dim }, ...positions.parts],
  });
}

/** Classifiers have the backbone as a module of its own. */
function prefixOf(
  ours: string,
  { tensors }: { readonly tensors: ReadonlyMap<string, unknown> },
  { name }: KeyScheme,
  options: SchemeViewOptions,
): string {
  const head = headOf(ours, options.head);
  if (head !== undefined) return head.prefixes?.[name] ?? '';
  if (name === 'candle' || ![...tensors.keys()].some((each) => headOf(each))) return '';
  if (name === 'original') return 'backbone.';
  return tensors.has('register_tokens') ? 'dinov2_with_registers.' : 'dinov2.';
}
