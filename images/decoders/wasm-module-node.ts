/** Reading a codec's WebAssembly file in Node, whose `fetch` doesn't read files. */
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';

const resolver = createRequire(import.meta.url);

/** Compiles a `.wasm` file of an installed package. */
export async function readPackageModule(specifier: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(resolver.resolve(specifier)));
}
