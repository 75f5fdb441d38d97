/**
 * The parts of a PNG file, read as leniently and as strictly as Pillow reads it.
 *
 * Source: Pillow 13, `PngImagePlugin.py`: `PngStream`, and `_open`, `load_read` and `load_end` of `PngImageFile`.
 */
import { AnimationControl, type Region } from './animation-control.ts';
import { type PngChunk, pngChunks } from './chunks.ts';
import { GREY, layoutOf, PALETTE, type PixelLayout, RGB } from './header.ts';

/** A PNG file before anything is unpacked. */
export interface PngFile {
  width: number;
  height: number;
  layout: PixelLayout;
  interlaced: boolean;
  /** where the pixels belong: all of the image, but for the first frame of some animations */
  region: Region;
  /** three bytes a colour */
  palette: Uint8Array;
  /** the content of the chunk `tRNS`, as it stands */
  transparency: Uint8Array | undefined;
  /** the compressed pixels, one part for each chunk */
  parts: readonly Uint8Array[];
  /** whether the end of the file cuts off the last of the parts */
  isCutOff: boolean;
  /** all other chunks that Pillow reads, in order: those that hold metadata, and any others */
  others: readonly PngChunk[];
}

/** Bytes that chunks have at least. */
const SHORTEST: Readonly<Record<string, number>> = {
  IHDR: 13,
  gAMA: 4,
  cHRM: 32,
  sRGB: 1,
  pHYs: 9,
  acTL: 8,
  fcTL: 26,
  fdAT: 4,
};

/** Takes in chunk after chunk. What they mean depends on those before: a palette before the header is none. */
class Reader {
  private width = 0;
  private height = 0;
  private layout: PixelLayout | undefined;
  private interlaced = false;
  private readonly animation = new AnimationControl();
  private region: Region | undefined;
  private palette: Uint8Array = new Uint8Array();
  private transparency: Uint8Array | undefined;
  private readonly parts: Uint8Array[] = [];
  private isCutOff = false;
  private readonly others: PngChunk[] = [];

  read(bytes: Uint8Array): PngFile {
    let place: 'head' | 'pixels' | 'tail' = 'head';
    for (const chunk of pngChunks(bytes)) {
      const { type } = chunk;
      const isFirst = place === 'head' && (type === 'fdAT' || (type === 'IDAT' && this.layout !== undefined));
      if (isFirst || (place === 'pixels' && /^(IDAT|DDAT|fdAT)$/.test(type))) {
        if (isFirst) this.startPixels();
        place = 'pixels';
        this.takePixels(chunk);
        continue;
      }
      if (place === 'pixels') place = 'tail';
      if (type === 'IEND' || (place === 'tail' && type === 'fcTL' && this.animation.isAnimated)) break;
      if (!chunk.whole) throw new RangeError('a truncated file');
      if (place === 'head' && !chunk.isIntact()) throw new RangeError(`a wrong checksum in ${type}`);
      this.take(chunk, place);
    }
    return this.finished();
  }

  private startPixels(): void {
    const { width, height } = this;
    this.region = this.animation.start({ left: 0, top: 0, width, height });
  }

  private takePixels(chunk: PngChunk): void {
    if (chunk.type === 'fdAT') this.take(chunk, 'pixels');
    this.parts.push(chunk.type === 'fdAT' ? chunk.data.subarray(4) : chunk.data);
    this.isCutOff = !chunk.whole;
  }

  private take(chunk: PngChunk, place: 'head' | 'pixels' | 'tail'): void {
    const { type, data } = chunk;
    if (data.length < (SHORTEST[type] ?? 0)) throw new RangeError(`a chunk ${type} of ${data.length} bytes`);
    if (type === 'IHDR') this.takeHeader(data, place);
    else if (type === 'PLTE' && place === 'head' && this.layout?.colourType === PALETTE) this.palette = data;
    else if (type === 'tRNS') this.takeTransparency(data);
    else this.animation.take(chunk, { width: this.width, height: this.height });
    if (place !== 'pixels') this.others.push(chunk);
  }

  private takeHeader(data: Uint8Array, place: string): void {
    const [depth, colourType, filter, interlacing] = [data[8]!, data[9]!, data[11]!, data[12]!];
    if (filter !== 0) throw new RangeError(`filters of an unknown kind, ${filter}`);
    if (place !== 'head') return;
    const view = new DataView(data.buffer, data.byteOffset);
    [this.width, this.height] = [view.getUint32(0), view.getUint32(4)];
    this.layout = layoutOf(colourType, depth) ?? this.layout;
    this.interlaced ||= interlacing !== 0;
  }

  /** Images that store alpha have no use for it; of a palette it may have any number of entries. */
  private takeTransparency(data: Uint8Array): void {
    const colourType = this.layout?.colourType;
    if (colourType !== GREY && colourType !== RGB && colourType !== PALETTE) return;
    const needed = colourType === GREY ? 2 : colourType === RGB ? 6 : 0;
    if (data.length < needed) throw new RangeError(`a chunk tRNS of ${data.length} bytes`);
    this.transparency = data;
  }

  private finished(): PngFile {
    const { width, height, layout, interlaced, region, palette, transparency } = this;
    if (layout === undefined) throw new RangeError('no header with a colour type and a depth that PNG has');
    if (region === undefined) throw new RangeError('a file without pixels');
    const { parts, isCutOff, others } = this;
    return { width, height, layout, interlaced, region, palette, transparency, parts, isCutOff, others };
  }
}

/**
 * Finds the chunks of the image and checks what Pillow checks of the others; nothing is unpacked, nothing copied.
 * Of an animation it is the first frame, which may be the image for those who know no animations.
 *
 * @throws RangeError if it is damaged or truncated where Pillow raises an error
 */
export function readPngFile(bytes: Uint8Array): PngFile {
  return new Reader().read(bytes);
}
