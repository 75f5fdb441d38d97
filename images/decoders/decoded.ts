/** The result of a decoder. */
import type { Metadata } from '../orientation/orientation.ts';
import type { RawImage, RgbaImage } from '../raw-image.ts';

/** An image as it is stored, and what may say how it has to be turned. */
export interface Decoded {
  /** RGB, or with alpha to be laid on white */
  image: RawImage | RgbaImage;
  metadata?: Metadata;
}
