/** The WebAssembly modules of codecs. */

const isNode = typeof process !== 'undefined' && process.versions?.node !== undefined;

/**
 * The compiled module of a codec, where the codec can't fetch it by itself.
 *
 * In browsers the codecs fetch their module from beside their own file, which bundlers know how to ship.
 *
 * @param specifier the file within an npm package
 */
export async function codecModule(specifier: string): Promise<WebAssembly.Module | undefined> {
  if (!isNode) return undefined;
  const { readPackageModule } = await import('./wasm-module-node.ts');
  return readPackageModule(specifier);
}
