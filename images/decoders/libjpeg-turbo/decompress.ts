/** libjpeg-turbo in WebAssembly: from a JPEG file to RGB, as Pillow decodes and converts it. */
import type { RawImage } from '../../raw-image.ts';
import { compileCodec } from '../compile-codec.ts';
import jpeg from '../generated/jpeg.ts';

/** What `decoder.c` exports; pointers are offsets in its memory. */
interface Decoder {
  memory: WebAssembly.Memory;
  allocate(size: number): number;
  release(pointer: number): void;
  decode(file: number, size: number, width: number, height: number): number;
}

/** Memory never shrinks, so a decoder that has seen a large image is dropped. */
const KEPT_BYTES = 64 * 2 ** 20;

let idle: Decoder | undefined;

/** libjpeg's message, its values put in; then the decoder, left in mid-call, must not be used again. */
function failure(memory: Uint8Array, message: number, values: number): Error {
  const template = new TextDecoder().decode(memory.subarray(message, memory.indexOf(0, message)));
  const view = new DataView(memory.buffer, values);
  let i = 0;
  return new Error(template.replace(/%l?[ducx]|%0[24]x/g, () => String(view.getInt32(4 * i++, true))));
}

async function start(): Promise<Decoder> {
  const module = await compileCodec(jpeg);
  const host = {
    failWith(message: number, values: number): never {
      throw failure(new Uint8Array(decoder.memory.buffer), message, values);
    },
  };
  const { exports } = new WebAssembly.Instance(module, { host });
  const decoder = exports as unknown as Decoder;
  return decoder;
}

/**
 * Decodes a JPEG of one, three or four components in samples of 8 bits: baseline, progressive, lossless, Huffman or
 * arithmetic coded. Four components are taken for inverted inks, as Pillow and browsers take them.
 *
 * Source: Pillow 13, JpegDecode.c, Convert.c.
 *
 * @param file from the start-of-image marker on
 * @param size as its frame header says
 * @returns undefined if the file ends before its last row of pixels, or is of another size
 * @throws Error with libjpeg's message if it can't be decoded
 */
export async function decompressJpeg(
  file: Uint8Array,
  { width, height }: { width: number; height: number },
): Promise<RawImage | undefined> {
  const decoder = idle ?? (await start());
  idle = undefined;
  const pointer = decoder.allocate(file.length);
  if (pointer === 0) throw new RangeError(`no memory for ${file.length} bytes`);
  new Uint8Array(decoder.memory.buffer).set(file, pointer);
  const rgb = decoder.decode(pointer, file.length, width, height);
  if (decoder.memory.buffer.byteLength <= KEPT_BYTES) idle = decoder;
  if (rgb === 0) return undefined;
  const data = new Uint8Array(decoder.memory.buffer, rgb, width * height * 3).slice();
  decoder.release(rgb);
  return { width, height, channels: 3, data };
}
