/** The names of files that are made of images. */
import { STDIN } from '../image-source.ts';

/** What no file system, or not every one, takes in a name. */
const UNUSABLE = /[\\/:*?"<>|\p{Cc}]+/gu;

/** Bytes of a name in UTF-8; most file systems take 255, of which the verb, a number and a name while it is written need some. */
const LONGEST = 140;

/**
 * A name for each image, such as `cat-pca.png` of `photos/cat.jpg`: with the verb, so that no image itself is written over, and, for
 * a further image of the same name, with a number.
 *
 * @param words as `expandImages` gives them
 */
export function outputNames(words: readonly string[], verb: string): string[] {
  const taken = new Set<string>();
  return words.map((word) => {
    const base = baseName(word);
    let name = base;
    // there are file systems that take capitals and small letters for the same
    for (let number = 2; taken.has(name.toLowerCase()); number++) name = `${base}-${number}`;
    taken.add(name.toLowerCase());
    return `${name}-${verb}.png`;
  });
}

/** What an image is called, without its folder and its ending, as any file may be called. */
export function baseName(word: string): string {
  if (word === STDIN) return 'stdin';
  if (/^data:/i.test(word)) return 'image';
  const path = /^(https?|file):/i.test(word) && URL.canParse(word) ? new URL(word).pathname : word;
  const last = path.split(/[\\/]/).findLast((part) => part !== '') ?? '';
  const name = last.replace(/(?<=.)\.[^.]*$/, '').replace(UNUSABLE, '_');
  return name === '' ? 'image' : shortened(name);
}

/** As many whole characters as there is room for. */
function shortened(name: string): string {
  const { read } = new TextEncoder().encodeInto(name, new Uint8Array(LONGEST));
  return name.slice(0, read);
}
