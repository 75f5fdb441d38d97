import { outputNames } from './output-names.ts';

test('files are named after images and the verb, each once, and as any file system takes them', () => {
  const names = [
    ['photos/cat.jpg', 'cat-pca.png'],
    ['other/cat.png', 'cat-2-pca.png'],
    ['CAT', 'CAT-3-pca.png'],
    ['cat-2.webp', 'cat-2-2-pca.png'],
    ['https://example.com/a/dog.v2.jpeg?size=3', 'dog.v2-pca.png'],
    ['file:///tmp/bird.png', 'bird-pca.png'],
    ['data:image/png;base64,AAAA', 'image-pca.png'],
    ['-', 'stdin-pca.png'],
    ['.hidden', '.hidden-pca.png'],
    ['a:"b"?.png', 'a_b_-pca.png'],
    ['https://example.com/', 'image-2-pca.png'],
  ] as const;
  expect(
    outputNames(
      names.map(([word]) => word),
      'pca',
    ),
  ).toEqual(names.map(([, name]) => name));
});

test('names of long words leave room for what is added, in bytes as file systems count, and split no character', () => {
  const [cjk = '', latin = '', emoji = ''] = outputNames(
    [`${'中'.repeat(83)}.png`, `${'a'.repeat(250)}.png`, `x${'🦆'.repeat(60)}.png`],
    'attention',
  );
  for (const name of [cjk, latin, emoji]) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(160);
  expect(cjk).toMatch(/^中+-attention\.png$/u);
  expect(latin).toMatch(/^a{100,}-attention\.png$/);
  expect(emoji).toMatch(/^x🦆+-attention\.png$/u);
});

test('what only looks like a URL is named by its text, for the reader of images to refuse', () => {
  expect(outputNames(['http://[bad', 'https://'], 'pca')).toEqual(['[bad-pca.png', 'https_-pca.png']);
});
