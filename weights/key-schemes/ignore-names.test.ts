import { ignoreRemedy } from './ignore-names.ts';

const OF_NETWORK = /^blocks\./;

test.each<[string, string[], string, string | undefined]>([
  ['heads', ['fc.weight', 'fc.bias', 'logit_scale'], '', "'fc.*' 'logit_scale'"],
  ['behind the prefix and wrappers', ['module.model.fc.0.weight'], 'model.', "'module.model.fc.*'"],
  ['outside of the prefix', ['decoder.blocks.0.weight'], 'encoder.', "'decoder.*'"],
  ['of many names', ['a.x', 'b.x', 'c.x', 'd.x', 'e.x', 'f.x'], '', "'*'"],
  ['within the blocks', ['fc.weight', 'vit.blocks.0.attn.q_norm.weight'], 'vit.', undefined],
  ['of none', [], '', undefined],
])('the remedy for unexpected tensors: %s', (_, names, prefix, globs) => {
  const remedy = ignoreRemedy(names, prefix, OF_NETWORK);
  if (globs === undefined) expect(remedy).toBeUndefined();
  else expect(remedy).toContain(`(--ignore ${globs})`);
});
