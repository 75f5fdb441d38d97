/** Start options of codecs compiled by Emscripten. */
import { compileCodec } from './compile-codec.ts';

/**
 * Options that start a codec from its module, without a file, and without remarks on stderr: what is wrong with an
 * image is said in an error or not at all.
 *
 * @param text the module as base64, from `generated/`
 * @throws ImageError if the engine, or the content security policy of a page, refuses to compile it
 */
export async function codecOptions(text: string) {
  const module = await compileCodec(text);
  return {
    instantiateWasm(imports: WebAssembly.Imports, started: (instance: WebAssembly.Instance) => void) {
      const instance = new WebAssembly.Instance(module, imports);
      started(instance);
      return instance.exports;
    },
    locateFile: (file: string) => file,
    printErr: () => undefined,
  };
}
