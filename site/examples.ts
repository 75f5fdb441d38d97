/** Images that come with the site. */
import type { NewImage } from './images.ts';

const FILES = {
  digits: import.meta.glob<string>('../examples/pictures/digits/*.png', {
    query: '?url',
    import: 'default',
    eager: true,
  }),
  photos: import.meta.glob<string>('../examples/pictures/photos/*.jpg', {
    query: '?url',
    import: 'default',
    eager: true,
  }),
};

/** A set of example images. */
export type ExampleSet = keyof typeof FILES;

/** @throws Error if the site lacks one */
export function exampleImages(set: ExampleSet): Promise<NewImage[]> {
  const loading = Object.entries(FILES[set]).map(async ([path, url]) => {
    const answer = await fetch(url);
    if (!answer.ok)
      throw new Error(`An example image is missing from this site: ${url} says ${answer.status}.`);
    return { name: path.replace(/^.*\//, ''), blob: await answer.blob(), isDigit: set === 'digits' };
  });
  return Promise.all(loading);
}
