import { namedPlaces } from '../../../../weights/key-schemes/named-places.ts';
import { DINOV2_NAMES } from './names.ts';

test.each([
  ['blocks.11.norm1.weight', 'blocks.11.norm1.weight', 0, 1],
  ['dinov2.encoder.layer.3.attention.attention.key.weight', 'blocks.3.attn.qkv.weight', 1, 3],
  ['module.backbone.dinov2.encoder.layer.3.attention.v_proj.bias', 'blocks.3.attn.qkv.bias', 2, 3],
  ['dinov2_with_registers.encoder.layer.0.mlp.up_proj.weight', 'blocks.0.mlp.w12.weight', 1, 2],
  ['encoder.layer.0.mlp.weights_in.weight', 'blocks.0.mlp.w12.weight', 0, 1],
  ['backbone.blocks.1.7.attn.proj.bias', 'blocks.7.attn.proj.bias', 0, 1],
  ['linear_head.weight', 'head.weight', 0, 1],
  ['classifier.bias', 'head.bias', 0, 1],
  ['reg_token', 'register_tokens', 0, 1],
])('%s is part of %s', (name, ours, part, parts) => {
  expect(namedPlaces(name, DINOV2_NAMES)[0]).toEqual({ ours, part, parts });
});

test('a name that systems give to different weights has a place for each', () => {
  const ours = namedPlaces('blocks.0.mlp.fc1.weight', DINOV2_NAMES).map((place) => place.ours);
  expect(new Set(ours)).toEqual(new Set(['blocks.0.mlp.fc1.weight', 'blocks.0.mlp.w12.weight']));
});

test('a name of nothing has none', () => {
  expect(namedPlaces('encoder.layer.0.attention.rope.weight', DINOV2_NAMES)).toEqual([]);
});
