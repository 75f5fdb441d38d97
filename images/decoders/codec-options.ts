/** How the codecs are started, alike in Node and in browsers. */
import { ImageError } from '../../errors/errors.ts';

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
 * Options that start a codec from its module, without a file, and without remarks on stderr: what is wrong with a
 * picture is said in an error or not at all.
 *
 * @param text the module as base64, from `generated/`
 * @throws ImageError if the engine, or the content security policy of a page, refuses to compile it
 */
export async function codecOptions(text: string): Promise<CodecOptions> {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  let module: WebAssembly.Module;
  try {
    module = await WebAssembly.compile(bytes);
  } catch (cause) {
    throw new ImageError(
      `codec: expected WebAssembly to compile, got ${String(cause)}; a content security policy has to allow 'wasm-unsafe-eval'`,
      { cause },
    );
  }
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
