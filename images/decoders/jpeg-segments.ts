/**
 * The segments of a JPEG before its first scan: size, EXIF and XMP.
 *
 * Source: Pillow 13, `JpegImagePlugin.py`, `JpegImageFile._open`, `APP`, `SOF`.
 */
import { joined } from '../../bytes/joined.ts';
import { ImageError } from '../../errors/errors.ts';
import type { Metadata } from '../orientation/orientation.ts';
import { byteOrZero } from './byte-or-zero.ts';

/** What is known of a JPEG before its pixels are decoded. */
export interface JpegSegments {
  /** pixels */
  width: number;
  /** pixels */
  height: number;
  metadata: Metadata;
}

const START_OF_SCAN = 0xda;
const APP1 = 0xe1;
const EXIF = 'Exif\0\0';
const XMP = 'http://ns.adobe.com/xap/1.0/\0';

/** Markers that stand alone: restarts, start and end of image, extensions. The end does not end the search. */
function standsAlone(marker: number): boolean {
  return marker === 0xc8 || (marker >= 0xd0 && marker <= 0xd9) || (marker >= 0xf0 && marker <= 0xfd);
}

/** Start-of-frame markers: all of 0xC0…0xCF but tables (C4), a reserved one (C8) and conditioning (CC); and DHP. */
function isFrame(marker: number): boolean {
  return marker === 0xde || (marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker));
}

/** Segments up to the first scan, without their lengths; bytes between them that are no marker are passed over. */
function* segmentsOf(bytes: Uint8Array, fail: (got: string) => never): Generator<[number, Uint8Array]> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes[2] !== 0xff) fail('no marker after its start');
  for (let at = 2; at + 1 < bytes.length; ) {
    const marker = bytes[at + 1]!;
    if (bytes[at] !== 0xff || marker === 0xff) {
      at++;
    } else if (marker === 0 || standsAlone(marker)) {
      at += 2;
    } else if (marker < 0xc0) {
      fail(`the marker ff${marker.toString(16).padStart(2, '0')}`);
    } else {
      const end = at + 4 <= bytes.length ? at + 2 + Math.max(view.getUint16(at + 2), 2) : Infinity;
      if (end > bytes.length) fail('a truncated segment');
      yield [marker, bytes.subarray(at + 4, end)];
      if (marker === START_OF_SCAN) return;
      at = end;
    }
  }
  fail('one without a scan');
}

/**
 * Reads the segments before the first scan, as leniently and as strictly as Pillow does.
 *
 * EXIF data in several segments is one block. Of several packets of XMP, and of several frames, the last counts.
 *
 * @param bytes a whole JPEG file
 * @returns blocks of metadata may be views of the file
 * @throws ImageError if it has no scan or no frame, or a frame Pillow refuses: 8 bits and 1, 3 or 4 components are read
 */
export function readJpegSegments(bytes: Uint8Array, where: string): JpegSegments {
  const fail = (got: string): never => {
    throw new ImageError(`${where}: expected a JPEG that can be decoded, got ${got}; the file is damaged`);
  };
  const exif: Uint8Array[] = [];
  let xmp: Uint8Array | undefined;
  let frame: Uint8Array | undefined;
  for (const [marker, segment] of segmentsOf(bytes, fail)) {
    if (isFrame(marker)) {
      requireFrame(segment, where);
      frame = segment;
    } else if (marker === APP1 && beginsWith(segment, EXIF)) {
      exif.push(exif.length === 0 ? segment : segment.subarray(EXIF.length));
    } else if (marker === APP1 && beginsWith(segment, XMP)) {
      xmp = segment.subarray(XMP.length);
    }
  }
  if (frame === undefined) return fail('one without a frame');
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const metadata: Metadata = { exif: exif.length > 1 ? joined(exif) : exif[0], xmp };
  return { width: view.getUint16(3), height: view.getUint16(1), metadata };
}

function requireFrame(segment: Uint8Array, where: string): void {
  const [bits, components] = [byteOrZero(segment, 0), byteOrZero(segment, 5)];
  if (bits !== 8) {
    throw new ImageError(`${where}: expected a JPEG of 8 bits a component, got ${bits}; convert it to PNG`);
  }
  if (![1, 3, 4].includes(components)) {
    throw new ImageError(`${where}: expected 1, 3 or 4 components, got ${components}; convert it to RGB`);
  }
}

function beginsWith(segment: Uint8Array, text: string): boolean {
  return String.fromCharCode(...segment.subarray(0, text.length)) === text;
}
