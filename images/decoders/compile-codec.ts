/** Compiling the WebAssembly of a codec, alike in Node and in browsers. */
import { ImageError } from '../../errors/errors.ts';

const compiled = new Map<string, Promise<WebAssembly.Module>>();

/**
 * The module of a codec, compiled once.
 *
 * @param text the module as base64, from `generated/`
 * @throws ImageError if the engine, or the content security policy of a page, refuses to compile it
 */
export function compileCodec(text: string): Promise<WebAssembly.Module> {
  const module = compiled.get(text) ?? compile(text);
  compiled.set(text, module);
  return module;
}

async function compile(text: string): Promise<WebAssembly.Module> {
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  try {
    return await WebAssembly.compile(bytes);
  } catch (cause) {
    throw new ImageError(
      `codec: expected WebAssembly to compile, got ${String(cause)}; a content security policy has to allow 'wasm-unsafe-eval'`,
      { cause },
    );
  }
}
