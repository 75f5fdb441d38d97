import { pythonJson } from './python-json.ts';

test('keys are sorted and every level is indented', () => {
  const value = { b: [1, [], {}], a: { d: null, c: true }, Z: 'x' };
  expect(pythonJson(value)).toBe(`{
  "Z": "x",
  "a": {
    "c": true,
    "d": null
  },
  "b": [
    1,
    [],
    {}
  ]
}
`);
  expect(pythonJson({})).toBe('{}\n');
});

test.each<[number, string]>([
  [0, '0.0'],
  [1, '1.0'],
  [-2.5, '-2.5'],
  [0.02, '0.02'],
  [1 / 255, '0.00392156862745098'],
  [0.0001, '0.0001'],
  [1e-5, '1e-05'],
  [1.5e-6, '1.5e-06'],
  [1e-100, '1e-100'],
  [1e15, '1000000000000000.0'],
  [1e16, '1e+16'],
  [1.25e22, '1.25e+22'],
])('the float %d is written %s', (value, expected) => {
  expect(pythonJson({ x: value, y: [value] }, { floats: ['x', 'y'] })).toBe(
    `{\n  "x": ${expected},\n  "y": [\n    ${expected}\n  ]\n}\n`,
  );
});

test('integers stay integers, and other numbers are floats anyway', () => {
  expect(pythonJson({ a: 3, b: 1e-6, c: 2 ** 53 })).toBe(
    '{\n  "a": 3,\n  "b": 1e-06,\n  "c": 9007199254740992.0\n}\n',
  );
});

test('text is ASCII, and keys that look like numbers are sorted as text unless they are integers', () => {
  const labels = { 10: 'é\u{1f600}"\\\n\u007f', 9: 'b' };
  const text = '"\\u00e9\\ud83d\\ude00\\"\\\\\\n\\u007f"';
  expect(pythonJson({ labels })).toBe(`{\n  "labels": {\n    "10": ${text},\n    "9": "b"\n  }\n}\n`);
  expect(pythonJson({ labels }, { integerKeys: ['labels'] })).toBe(
    `{\n  "labels": {\n    "9": "b",\n    "10": ${text}\n  }\n}\n`,
  );
});
