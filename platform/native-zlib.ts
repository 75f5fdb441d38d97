/** Node's module `zlib`, whose native code is faster than what every platform has. */

/**
 * The module; nothing in browsers, and in Node before 20.16.
 *
 * Shared code gets it without an import, so that bundles for pages name no module of Node.
 */
export function nativeZlib(): ReturnType<typeof process.getBuiltinModule<'zlib'>> | undefined {
  return typeof process === 'undefined' ? undefined : process.getBuiltinModule?.('zlib');
}
