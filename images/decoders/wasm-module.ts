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

/**
 * How a codec is to be started: with the module, if there is one, and without its remarks on stderr, as what is wrong
 * with a file is said in an error or not at all.
 */
export function quietly(module: WebAssembly.Module | undefined): Record<string, unknown> {
  const instantiateWasm = (
    imports: WebAssembly.Imports,
    started: (instance: WebAssembly.Instance) => void,
  ): WebAssembly.Exports => {
    const instance = new WebAssembly.Instance(module as WebAssembly.Module, imports);
    started(instance);
    return instance.exports;
  };
  return { printErr: () => undefined, ...(module && { instantiateWasm }) };
}
