/** Remedies for values that are no image, but lead to one. */
import { tagOf } from '../../bytes/tag-of.ts';
import { shown } from '../../errors/shown.ts';

/** Objects that an image is one step away from, and the step. */
const STEPS: readonly (readonly [has: string, what: string, remedy: string])[] = [
  ['then', 'a promise', 'await it'],
  ['toBuffer', 'an image that is not encoded yet', 'pass await image.toBuffer()'],
  ['getFile', 'a file handle', 'pass await handle.getFile()'],
  ['getReader', 'a stream', 'pass new Response(stream)'],
  ['pipe', 'a stream', 'pass await buffer(stream), a function of node:stream/consumers'],
  ['files', 'an element with files', 'pass one of its files'],
];

/** Objects with images in them, by their tags. */
const LISTS = ['FileList', 'Set', 'Map', 'NodeList', 'HTMLCollection'];

/** A value that is no image, in words, with what to pass instead where that is known. */
export function describeUnusable(value: unknown): string {
  if (typeof value !== 'object' || value === null) {
    return typeof value === 'function' || typeof value === 'symbol' ? `a ${typeof value}` : shown(value);
  }
  const step = STEPS.find(([has]) => has in value);
  if (step !== undefined) return `${step[1]}; ${step[2]}`;
  const tag = tagOf(value);
  if (LISTS.includes(tag)) return `a ${tag}; pass an array of what is in it`;
  if (Array.isArray(value)) return 'an array; pass typed arrays, and several images as one flat list';
  if (ArrayBuffer.isView(value))
    return `a ${tag} without its size; pass {data, width, height, channels, range}`;
  if ('data' in value) {
    return `an object whose data is of the kind ${tagOf(value.data)}; pass {data, width, height, channels} with data in a Uint8Array, or in a Float32Array, Float64Array or Uint16Array and with a range`;
  }
  return tag === 'Object' ? `{${Object.keys(value).slice(0, 10).join(', ')}}` : `a ${tag}`;
}
