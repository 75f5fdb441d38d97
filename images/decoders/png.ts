/** PNG images, with the values that Pillow gives them and the damage that it puts up with. */
import { ImageError } from '../../errors/errors.ts';
import { type RawImage, type RgbaImage, requireSize } from '../raw-image.ts';
import type { Decoded } from './decoded.ts';
import { colourRule } from './png/colours.ts';
import { requireModestTexts } from './png/compressed-texts.ts';
import { pixelBits } from './png/header.ts';
import { inflateRows, type StoredRows } from './png/inflate-rows.ts';
import { pngMetadata } from './png/metadata.ts';
import { type Pass, passesOf, storedBytes } from './png/passes.ts';
import { type PngFile, readPngFile } from './png/read-file.ts';
import { rowSamples, SLACK } from './png/samples.ts';
import { unfilterRow } from './png/unfilter.ts';
import { writeColours } from './png/write-colours.ts';

/**
 * @param bytes a whole PNG file; of an animation, the first frame is taken
 * @throws ImageError if it is damaged or truncated where Pillow 13 raises an error, or larger than any image
 */
export async function decodePng(bytes: Uint8Array, where: string): Promise<Decoded> {
  try {
    const file = readPngFile(bytes);
    requireSize(file.width, file.height, where);
    await requireModestTexts(file.others);
    const passes = passesOf(file);
    const rows = await inflateRows(file, passes);
    return { image: imageOf(file, passes, rows), metadata: await pngMetadata(file.others) };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new ImageError(`${where}: expected a PNG that can be decoded, got ${error.message}`, {
      cause: error,
    });
  }
}

/** Unfilters the rows, in place, and puts their pixels where they belong. Where there are none, samples are zero. */
function imageOf(file: PngFile, passes: readonly Pass[], { data, filled }: StoredRows): RawImage | RgbaImage {
  const { width, height, layout, region } = file;
  const rule = colourRule(file);
  const { outputs } = rule;
  const out = new Uint8Array(width * height * outputs);
  const scratch = new Uint8Array(width * layout.channels + SLACK);
  const covers = region.width === width && region.height === height;
  if (filled < storedBytes(passes) || !covers) {
    writeColours(scratch, width, rule, { out, to: 0, step: outputs });
    for (let length = width * outputs; length < out.length; length *= 2) out.copyWithin(length, 0, length);
  }
  const step = Math.max(1, pixelBits(layout) / 8);
  let at = 0;
  for (const pass of passes) {
    let above: Uint8Array = new Uint8Array(pass.rowBytes);
    let aboveAt = 0;
    for (let row = 0; row < pass.height && at < filled; row++) {
      const start = at + 1;
      unfilterRow(data[at]!, { data, at: start, length: pass.rowBytes, above, aboveAt, step });
      const samples = rowSamples(data, start, pass.width * layout.channels, { layout, scratch });
      const to = ((pass.top + row * pass.stepY) * width + pass.left) * outputs;
      writeColours(samples, pass.width, rule, { out, to, step: pass.stepX * outputs });
      [above, aboveAt] = [data, start];
      at = start + pass.rowBytes;
    }
  }
  return outputs === 3 ? { width, height, channels: 3, data: out } : { width, height, data: out };
}
