import { Dinov2Config } from '../families/dinov2/dinov2-config.ts';
import { builtInLabels, id2labelOf, parseLabels } from './labels.ts';

test.each([
  ['one a line', 'tench, Tinca tinca\ngoldfish\n'],
  ['lines of Windows, with a byte order mark', '\uFEFFtench, Tinca tinca\r\ngoldfish\r\n'],
  ['a list', '["tench, Tinca tinca", "goldfish"]'],
  ['an object', '{"1": "goldfish", "0": "tench, Tinca tinca"}'],
  ['a config.json', '{"model_type": "vit", "id2label": {"0": "tench, Tinca tinca", "1": "goldfish"}}'],
])('labels are read from %s', (_, text) => {
  expect(parseLabels(text, 'labels')).toEqual(['tench, Tinca tinca', 'goldfish']);
});

test.each([
  ['nothing', ' \n', /^f: expected labels, got an empty file$/],
  ['an empty line', 'a\n\nb', /^f: expected a label in line 2, got an empty line$/],
  ['broken JSON', '{"0": ', /^f: expected JSON, got /],
  ['a gap', '{"0": "a", "2": "b"}', /^f: expected labels from 0 on without a gap, got none for 1$/],
  ['a label that is no text', '["a", 5]', /^f\[1\]: expected a string, got 5$/],
  ['a synset and a word', '{"0": ["n01440764", "tench"]}', /^f\.0: expected a string, got \["n01440764"/],
  ['a config without labels', '{"model_type": "vit"}', /^f\.model_type: expected a label number as key/],
])('refuses %s', (_, text, message) => {
  expect(() => parseLabels(text, 'f')).toThrow(message);
});

test('as many labels as the classifier has become id2label', () => {
  expect(id2labelOf(['a', 'b'], 2, 'f')).toEqual({ 0: 'a', 1: 'b' });
  expect(() => id2labelOf(['a', 'b'], 3, 'f')).toThrow(
    /^f: expected 3 labels, as many as the classifier has, got 2$/,
  );
});

test('the labels of ImageNet-1k come with the library', async () => {
  const labels = await builtInLabels('imagenet-1k');
  expect(labels).toHaveLength(1000);
  expect(labels.filter((label) => label !== label.trim() || label === '')).toEqual([]);
  expect([labels[0], labels[281], labels[639], labels[999]]).toEqual([
    'tench, Tinca tinca',
    'tabby, tabby cat',
    'maillot, tank suit',
    'toilet tissue, toilet paper, bathroom tissue',
  ]);
  expect(new Dinov2Config({ id2label: id2labelOf(labels, 1000, 'labels') }).numLabels).toBe(1000);
  await expect(builtInLabels('imagenet-21k' as 'imagenet-1k')).rejects.toThrow(
    /^labels: expected one of imagenet-1k, got "imagenet-21k"$/,
  );
});
