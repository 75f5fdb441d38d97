/**
 * The chunks of animated PNG.
 *
 * Source: Pillow 13, `PngImagePlugin.py`: `chunk_acTL`, `chunk_fcTL`, `chunk_fdAT`, `chunk_IDAT`.
 */
import type { PngChunk } from './chunks.ts';

/** A rectangle of an image, in pixels. */
export interface Region {
  left: number;
  top: number;
  width: number;
  height: number;
}

const MOST_FRAMES = 2 ** 31;

/** Follows the numbering and the frames of an animation; a file that has none leaves it as it is. */
export class AnimationControl {
  /** as announced; none before that, and where it is announced twice */
  private frames: number | undefined;
  private sequence = -1;
  private frame: Region | undefined;
  private hasDefaultImage = false;

  /** Whether there are frames after the first. */
  get isAnimated(): boolean {
    return (this.frames ?? 1) + (this.hasDefaultImage ? 1 : 0) > 1;
  }

  /** @throws RangeError if frames are numbered wrongly or leave the image */
  take({ type, data }: PngChunk, image: { width: number; height: number }): void {
    const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
    if (type === 'acTL') {
      const count = view.getUint32(0);
      this.frames = this.frames === undefined && count > 0 && count <= MOST_FRAMES ? count : undefined;
    } else if (type === 'fcTL' || type === 'fdAT') {
      const isFirst = this.sequence < 0;
      this.sequence++;
      if (view.getUint32(0) !== this.sequence || (isFirst && type === 'fdAT')) {
        throw new RangeError('frames in a wrong order');
      }
      if (type === 'fcTL') this.takeFrame(view, image);
    }
  }

  /**
   * The region of the frame whose pixels begin, which is `whole` if no frame was described.
   *
   * @throws RangeError if the frame is empty
   */
  start(whole: Region): Region {
    const { frame, frames } = this;
    this.hasDefaultImage = frame === undefined && frames !== undefined;
    if (frame?.width === 0 || frame?.height === 0) throw new RangeError('a frame without pixels');
    return frame ?? whole;
  }

  private takeFrame(view: DataView, image: { width: number; height: number }): void {
    const [width, height] = [view.getUint32(4), view.getUint32(8)];
    const [left, top] = [view.getUint32(12), view.getUint32(16)];
    if (left + width > image.width || top + height > image.height) {
      throw new RangeError('a frame beyond the image');
    }
    this.frame = { left, top, width, height };
  }
}
