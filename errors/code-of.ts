/** What Node calls the reason of an error. */

/** The code of an error of whichever realm, such as `ENOENT` or `ERR_MODULE_NOT_FOUND`; undefined where there is none. */
export function codeOf(error: unknown): unknown {
  return typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
}
