/** The tags of objects, such as `Uint8Array` or `Blob`, whichever realm made them. */

/**
 * The name by which the language or the platform knows an object: `Uint8Array`, `Blob`, `ImageData`, `Object`, `Null`.
 *
 * Objects of another realm, such as a frame's, a worker's or a test runner's, have it too, where `instanceof` fails. A Node
 * `Buffer` is a `Uint8Array` here.
 */
export function tagOf(value: unknown): string {
  return Object.prototype.toString.call(value).slice('[object '.length, -1);
}

/** Whether a value is a Blob, which a File is too. */
export function isBlob(value: unknown): value is Blob {
  return tagOf(value) === 'Blob' || tagOf(value) === 'File';
}

/** Whether a value is an address as an object. */
export function isUrl(value: unknown): value is URL {
  return tagOf(value) === 'URL';
}
