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
