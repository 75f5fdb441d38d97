/**
 * Taking a JPEG of four components apart into four grey ones, without decoding it.
 *
 * The decoder reads one or three components only. In an interleaved scan the components' blocks take turns; their
 * Huffman codes are independent of one another, and each component predicts its own DC values. So the bits of each
 * block can be copied, code by code, to a stream of the component's own, which is then the scan of a grey picture.
 * Source: ITU-T T.81, annexes F and G.
 */
import { ImageError } from '../../errors/errors.ts';

const START_OF_IMAGE = [0xff, 0xd8];
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const QUANTISATION = 0xdb;
const HUFFMAN = 0xc4;
const RESTART_INTERVAL = 0xdd;
const UNSAMPLED = 0x11;

/** Bits out of entropy-coded data, stuffing removed. */
class BitReader {
  position: number;
  private readonly bytes: Uint8Array;
  private current = 0;
  private left = 0;

  constructor(bytes: Uint8Array, position: number) {
    this.bytes = bytes;
    this.position = position;
  }

  bit(): number {
    if (this.left === 0) {
      const byte = this.bytes[this.position];
      if (byte === undefined || (byte === 0xff && this.bytes[this.position + 1] !== 0)) {
        throw new RangeError('entropy-coded data that ends early');
      }
      this.current = byte;
      this.position += byte === 0xff ? 2 : 1;
      this.left = 8;
    }
    this.left--;
    return (this.current >> this.left) & 1;
  }

  /** Drops the rest of a byte and steps over a restart marker. */
  restart(): void {
    this.left = 0;
    const marker = this.bytes[this.position + 1] ?? 0;
    if (this.bytes[this.position] !== 0xff || marker < 0xd0 || marker > 0xd7) {
      throw new RangeError('a missing restart marker');
    }
    this.position += 2;
  }
}

/** A grey file in the making. */
class GreyFile {
  readonly bytes: number[] = [...START_OF_IMAGE];
  private current = 0;
  private filled = 0;

  append(part: Iterable<number>): void {
    for (const byte of part) this.bytes.push(byte);
  }

  bit(value: number): void {
    this.current = (this.current << 1) | value;
    if (++this.filled < 8) return;
    this.bytes.push(this.current);
    if (this.current === 0xff) this.bytes.push(0);
    this.current = 0;
    this.filled = 0;
  }

  /** Fills the last byte with ones. */
  flush(): void {
    while (this.filled > 0) this.bit(1);
  }
}

/** A Huffman table: for each length of code the largest code, and where its symbols stand. */
interface HuffmanTable {
  largest: number[];
  offset: number[];
  symbols: Uint8Array;
}

function huffmanTable(counts: Uint8Array, symbols: Uint8Array): HuffmanTable {
  const largest: number[] = [];
  const offset: number[] = [];
  let code = 0;
  let index = 0;
  for (const count of counts) {
    offset.push(index - code);
    code += count;
    index += count;
    largest.push(count > 0 ? code - 1 : -1);
    code <<= 1;
  }
  return { largest, offset, symbols };
}

/** Copies one code and returns its symbol. */
function copyCode(reader: BitReader, to: GreyFile, table: HuffmanTable): number {
  let code = 0;
  for (let length = 0; length < 16; length++) {
    const bit = reader.bit();
    to.bit(bit);
    code = (code << 1) | bit;
    if (code <= (table.largest[length] ?? -1)) return table.symbols[code + (table.offset[length] ?? 0)] ?? 0;
  }
  throw new RangeError('a Huffman code that is in no table');
}

function copyBits(reader: BitReader, to: GreyFile, count: number): void {
  for (let i = 0; i < count; i++) to.bit(reader.bit());
}

/** What a scan does with each block. */
interface ScanKind {
  /** whether this is a scan of a progressive file, where interleaved scans have DC values only */
  progressive: boolean;
  /** whether it adds a bit to DC values that are known */
  refines: boolean;
}

function copyBlock(
  reader: BitReader,
  to: GreyFile,
  { progressive, refines }: ScanKind,
  dc: HuffmanTable | undefined,
  ac: HuffmanTable | undefined,
): void {
  if (refines) {
    to.bit(reader.bit());
    return;
  }
  if (dc === undefined) throw new RangeError('a scan without its DC table');
  copyBits(reader, to, copyCode(reader, to, dc));
  if (progressive) return;
  if (ac === undefined) throw new RangeError('a scan without its AC table');
  for (let k = 1; k < 64; ) {
    const symbol = copyCode(reader, to, ac);
    const size = symbol & 15;
    copyBits(reader, to, size);
    if (size === 0 && symbol !== 0xf0) return;
    k += (symbol >> 4) + 1;
  }
}

/** Reads a file marker by marker and writes its parts to four others. */
class Splitter {
  readonly files: GreyFile[] = [];
  private readonly bytes: Uint8Array;
  private readonly tables = new Map<number, HuffmanTable>();
  private ids: number[] = [];
  private blocks = 0;
  private interval = 0;
  private progressive = false;
  /** segments before the frame, which all files need */
  private readonly common: number[] = [];

  constructor(bytes: Uint8Array) {
    this.bytes = bytes;
  }

  run(): Uint8Array[] {
    let at = 2;
    while (at + 4 <= this.bytes.length) {
      const marker = this.bytes[at + 1] ?? 0;
      if (this.bytes[at] !== 0xff) throw new RangeError('bytes between segments');
      if (marker === 0xff) {
        at++;
        continue;
      }
      if (marker === END_OF_IMAGE) break;
      const length = ((this.bytes[at + 2] ?? 0) << 8) | (this.bytes[at + 3] ?? 0);
      const whole = this.bytes.subarray(at, at + 2 + length);
      at += 2 + length;
      if (marker === START_OF_SCAN) at = this.scan(whole, at);
      else this.segment(marker, whole);
    }
    return this.files.map((file) => Uint8Array.from([...file.bytes, 0xff, END_OF_IMAGE]));
  }

  private segment(marker: number, whole: Uint8Array): void {
    if (marker === HUFFMAN) this.readTables(whole.subarray(4));
    if (marker === RESTART_INTERVAL) this.interval = ((whole[4] ?? 0) << 8) | (whole[5] ?? 0);
    if (marker === QUANTISATION || marker === HUFFMAN || marker === RESTART_INTERVAL) {
      if (this.files.length === 0) this.common.push(...whole);
      for (const file of this.files) file.append(whole);
    } else if (marker >= 0xc0 && marker <= 0xc2) {
      this.frame(marker, whole);
    } else if (marker > 0xc2 && marker <= 0xcf) {
      throw new RangeError('a kind of compression that is not read');
    }
  }

  private readTables(data: Uint8Array): void {
    for (let at = 0; at + 17 <= data.length; ) {
      const counts = data.subarray(at + 1, at + 17);
      const total = counts.reduce((sum, count) => sum + count, 0);
      this.tables.set(data[at] ?? 0, huffmanTable(counts, data.subarray(at + 17, at + 17 + total)));
      at += 17 + total;
    }
  }

  private frame(marker: number, whole: Uint8Array): void {
    this.progressive = marker === 0xc2;
    const height = ((whole[5] ?? 0) << 8) | (whole[6] ?? 0);
    const width = ((whole[7] ?? 0) << 8) | (whole[8] ?? 0);
    this.blocks = Math.ceil(width / 8) * Math.ceil(height / 8);
    for (let i = 0; i < (whole[9] ?? 0); i++) {
      const [id = 0, sampling = 0, quantisation = 0] = whole.subarray(10 + 3 * i, 13 + 3 * i);
      if (sampling !== UNSAMPLED) throw new RangeError('four components of different resolutions');
      this.ids.push(id);
      const file = new GreyFile();
      file.append(this.common);
      file.append([0xff, marker, 0, 11, ...whole.subarray(4, 9), 1, 1, UNSAMPLED, quantisation]);
      this.files.push(file);
    }
  }

  /** @returns where the next marker stands */
  private scan(whole: Uint8Array, start: number): number {
    const count = whole[4] ?? 0;
    const selectors = Array.from({ length: count }, (_, i) => ({
      file: this.files[this.ids.indexOf(whole[5 + 2 * i] ?? -1)],
      tables: whole[6 + 2 * i] ?? 0,
    }));
    const tail = whole.subarray(5 + 2 * count, 8 + 2 * count);
    const reader = new BitReader(this.bytes, start);
    const end = this.endOfScan(start);
    for (const { file, tables } of selectors) {
      if (file === undefined) throw new RangeError('a scan of an unknown component');
      file.append([0xff, START_OF_SCAN, 0, 8, 1, 1, tables, ...tail]);
      if (count === 1) file.append(this.bytes.subarray(start, end));
    }
    if (count === 1) return end;
    const kind = { progressive: this.progressive, refines: this.progressive && (tail[2] ?? 0) >> 4 > 0 };
    for (let block = 0; block < this.blocks; block++) {
      if (this.interval > 0 && block > 0 && block % this.interval === 0) {
        reader.restart();
        const restart = 0xd0 + ((block / this.interval - 1) & 7);
        for (const { file } of selectors) {
          file?.flush();
          file?.append([0xff, restart]);
        }
      }
      for (const { file, tables } of selectors) {
        if (file !== undefined) {
          copyBlock(reader, file, kind, this.tables.get(tables >> 4), this.tables.get(0x10 | (tables & 15)));
        }
      }
    }
    for (const { file } of selectors) file?.flush();
    return end;
  }

  private endOfScan(start: number): number {
    for (let at = start; at + 1 < this.bytes.length; at++) {
      const next = this.bytes[at + 1] ?? 0;
      if (this.bytes[at] === 0xff && next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
    }
    return this.bytes.length;
  }
}

/**
 * One grey JPEG for each component of a baseline or progressive JPEG whose components have one resolution.
 *
 * @throws ImageError if the file is damaged, or its components differ in resolution
 */
export function splitJpeg(bytes: Uint8Array, where: string): Uint8Array[] {
  try {
    return new Splitter(bytes).run();
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ImageError(
      `${where}: expected a JPEG of four components, got ${error.message}; convert it to RGB`,
      {
        cause: error,
      },
    );
  }
}
