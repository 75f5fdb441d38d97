import { HEADS, headOf, headOfFile } from './heads.ts';
import { LINEAR_HEAD } from './linear/head.ts';

/** Tensors of the given shapes by name. */
function shapes(tensors: Record<string, number[]>): Map<string, { shape: number[] }> {
  return new Map(Object.entries(tensors).map(([name, shape]) => [name, { shape }]));
}

test('heads that share a scope share its names', () => {
  for (const { scope, rows } of HEADS) expect(rows).toBe(HEADS.find((head) => head.scope === scope)?.rows);
});

test.each([
  [8, false],
  [16, true],
  [20, false],
  [40, true],
])('a linear head of %d features on a backbone of 8 fits: %s', (features, fits) => {
  const tensors = shapes({ cls_token: [1, 1, 8], 'head.weight': [3, features], 'head.bias': [3] });
  expect(LINEAR_HEAD.fits(tensors, 8, 'hf')).toBe(fits);
});

test('a head that is known goes before the first of its scope', () => {
  const known = { ...LINEAR_HEAD, lostIn: {} };
  expect(headOf('head.bias')).toBe(LINEAR_HEAD);
  expect(headOf('head.bias', known)).toBe(known);
  expect(headOf('norm.bias', known)).toBeUndefined();
  expect(headOfFile({ tensors: new Map() }, 8)).toBe(LINEAR_HEAD);
});
