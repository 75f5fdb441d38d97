/** Telling Node from browsers. */

/** Whether this runs in Node. */
export function isNode(): boolean {
  return typeof process !== 'undefined' && process.versions?.node !== undefined;
}
