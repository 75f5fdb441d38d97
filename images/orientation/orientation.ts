/** The orientation of an image, by what its file says beside the pixels. */
import { exifOrientation } from './exif.ts';
import { xmpOrientation } from './xmp.ts';

/** 1 to 8 as EXIF numbers them; 1 is upright. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** What of a file may name an orientation, as decoders find it; blocks are views of the file. */
export interface Metadata {
  /** what the format itself says, which is final */
  own?: Orientation | undefined;
  /** a TIFF structure, with or without `Exif\0\0` before it */
  exif?: Uint8Array | undefined;
  /** a packet of XMP, which is XML */
  xmp?: Uint8Array | undefined;
}

/**
 * The orientation that Pillow's `ImageOps.exif_transpose` goes by: EXIF's tag if there is one, whatever its value, else
 * XMP's.
 *
 * Source: Pillow 13, `Image.py`, `Image.getexif`; `ImageOps.py`, `exif_transpose`.
 *
 * @returns 1 where there is none, or none from 1 to 8
 */
export function orientationOf({ own, exif, xmp }: Metadata): Orientation {
  const value = own ?? (exif && exifOrientation(exif)) ?? (xmp && xmpOrientation(xmp));
  return isOrientation(value) ? value : 1;
}

function isOrientation(value: number | undefined): value is Orientation {
  return value !== undefined && Number.isInteger(value) && value >= 1 && value <= 8;
}
