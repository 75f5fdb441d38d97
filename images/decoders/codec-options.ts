/** Start options of codecs compiled by Emscripten. */
import { compileCodec } from './compile-codec.ts';

/** What an Emscripten program takes in place of its own ways. */
export interface CodecOptions extends Record<string, unknown> {
  instantiateWasm: (
    imports: WebAssembly.Imports,
    started: (instance: WebAssembly.Instance) => void,
  ) => WebAssembly.Exports;
  locateFile: (file: string) => string;
  printErr: (text: string) => void;
}

/**
 * Options that start a codec from its module, without a file, and without remarks on stderr: what is wrong with an
 * image is said in an error or not at all.
 *
 * @param text the module as base64, from `generated/`
 * @throws ImageError if the engine, or the content security policy of a page, refuses to compile it
 */
export async function codecOptions(text: string): Promise<CodecOptions> {
  const module = await compileCodec(text);
  return {
    instantiateWasm: (imports, started) => {
      const instance = new WebAssembly.Instance(module, imports);
      started(instance);
      return instance.exports;
    },
    locateFile: (file) => file,
    printErr: () => undefined,
  };
}
