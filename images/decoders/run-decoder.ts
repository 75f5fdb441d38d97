/** Decoders in C, compiled to WebAssembly: a file in, an image out (see `decoder.h`). */
import { ImageError } from '../../errors/errors.ts';
import type { Orientation } from '../orientation/orientation.ts';
import { MAX_PIXELS, type RawImage, type RgbaImage } from '../raw-image.ts';
import { compileCodec } from './compile-codec.ts';

/** What such a decoder exports; pointers are offsets in its memory. */
interface Decoder {
  memory: WebAssembly.Memory;
  _initialize?(): void;
  allocate(size: number): number;
  decode(file: number, size: number, mostPixels: number): number;
}

/** An image as it is stored, and what says how it has to be turned. */
export interface StoredImage {
  image: RawImage | RgbaImage;
  /** what the format itself says */
  orientation: Orientation;
  exif: Uint8Array;
  xmp: Uint8Array;
}

/** What C's library asks a system for; there is none, and nothing that is said is heard. */
const systemCall = (): number => 52;

async function start(text: string): Promise<Decoder> {
  const imports: Record<string, Record<string, (...values: number[]) => number>> = {};
  const module = await compileCodec(text);
  for (const { module: from, name } of WebAssembly.Module.imports(module)) {
    imports[from] = { ...imports[from], [name]: from === 'host' ? fail : systemCall };
  }
  function fail(message = 0): never {
    const memory = new Uint8Array(decoder.memory.buffer);
    throw new Error(new TextDecoder().decode(memory.slice(message, memory.indexOf(0, message))).trim());
  }
  const { exports } = new WebAssembly.Instance(module, imports);
  const decoder = exports as unknown as Decoder;
  decoder._initialize?.();
  return decoder;
}

/**
 * Decodes a file by a module that is made anew for it, so that no image leaves anything to the next one.
 *
 * @param text the module as base64, from `generated/`
 * @param format its name, for error messages
 * @throws ImageError if the file is damaged, too large, or of a kind that is not decoded as Pillow does
 */
export async function runDecoder(
  text: string,
  bytes: Uint8Array,
  format: string,
  where: string,
): Promise<StoredImage> {
  const decoder = await start(text);
  try {
    const file = decoder.allocate(bytes.length);
    if (file === 0) throw new Error(`no memory for ${bytes.length} bytes`);
    new Uint8Array(decoder.memory.buffer).set(bytes, file);
    const at = decoder.decode(file, bytes.length, MAX_PIXELS);
    const { buffer } = decoder.memory;
    // width, height, channels, orientation; where pixels, EXIF and XMP are; sizes of EXIF and XMP
    const fields = new Uint32Array(buffer, at, 9);
    const block = (pointer: number, size: number) => new Uint8Array(buffer, pointer, size).slice();
    const [width, height, hasAlpha] = [fields[0]!, fields[1]!, fields[2] === 4];
    const data = block(fields[4]!, width * height * (hasAlpha ? 4 : 3));
    return {
      image: hasAlpha ? { width, height, data } : { width, height, channels: 3, data },
      orientation: fields[3] as Orientation,
      exif: block(fields[5]!, fields[7]!),
      xmp: block(fields[6]!, fields[8]!),
    };
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ImageError(`${where}: expected ${format} that can be decoded, got ${reason}`, { cause });
  }
}
