/** An encoded image, from its bytes to pixel values, against transformers with both of its backends, or timm. */
import { decodeImage } from '../../images/decode-image.ts';
import { parseProcessorConfig } from '../../images/parse-processor-config.ts';
import { processImage, resizeAndCrop } from '../../images/process-image.ts';
import { PROCESSOR_BACKENDS } from '../../images/processor-backend.ts';
import type { RawImage } from '../../images/raw-image.ts';
import { timmProcessor } from '../../images/timm-processor.ts';
import type { Checkpoint } from '../../weights/checkpoint.ts';
import { widen } from '../../weights/widen.ts';

/** A stage of the way that is not what it should be. */
export interface ImageMiss {
  stage: string;
  shape: readonly number[];
  /** values that differ, and by how much at most */
  count: number;
  largest: number;
}

function channelsFirst({ width, height, data }: RawImage): Uint8Array {
  const planes = new Uint8Array(data.length);
  const pixels = width * height;
  for (let i = 0; i < data.length; i++) planes[(i % 3) * pixels + Math.floor(i / 3)] = data[i] ?? 0;
  return planes;
}

/** How many values differ, and by how much. */
function difference(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
): { count: number; largest: number } {
  let count = Math.abs(actual.length - expected.length);
  let largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const distance = Math.abs((actual[i] ?? 0) - (expected[i] ?? 0));
    if (!(distance <= 0)) count++;
    largest = Math.max(largest, distance);
  }
  return { count, largest };
}

/**
 * @param reference an image of `fixtures/images/` or `fixtures/processors/`
 * @returns the stages that differ: decoding, resizing, cropping and normalising, in any bit
 */
export async function checkImage(reference: Checkpoint): Promise<ImageMiss[]> {
  const misses: ImageMiss[] = [];
  const compare = async (
    name: string,
    shape: readonly number[],
    actual: ArrayLike<number>,
  ): Promise<void> => {
    const info = reference.tensors.get(name);
    if (info === undefined) return;
    const bytes = await reference.read(name);
    const expected = info.dtype === 'U8' ? bytes : widen(bytes, 'F32');
    const { count, largest } = difference(actual, expected);
    if (String(shape) === String(info.shape) && count === 0) return;
    misses.push({ stage: name, shape, count, largest });
  };
  const { where, metadata } = reference;
  const image = await decodeImage(await reference.read('image_file'), where);
  await compare('rgb', [image.height, image.width, 3], image.data);
  const config =
    metadata.pretrained_cfg === undefined
      ? parseProcessorConfig(JSON.parse(metadata.settings ?? '{}'), where)
      : timmProcessor(JSON.parse(metadata.pretrained_cfg), where);
  for (const backend of PROCESSOR_BACKENDS) {
    if (!reference.tensors.has(`resized.${backend}`)) continue;
    const resized = resizeAndCrop(image, config, backend);
    const shape = [3, resized.height, resized.width];
    await compare(`resized.${backend}`, shape, channelsFirst(resized));
    const processed = processImage(image, config, backend);
    await compare(`pixel_values.${backend}`, shape, processed.data);
  }
  return misses;
}
