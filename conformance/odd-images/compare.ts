/** Odd images of `python/odd_images.py`, and what this library makes of each beside Pillow. */
import { Dinov2Error } from '../../errors/errors.ts';
import { decodeImage } from '../../images/decode-image.ts';
import type { Checkpoint } from '../../weights/checkpoint.ts';

/** What the file says of one image. */
export interface OddImage {
  /** its number, and what is odd about it */
  kind: string;
  /** what Pillow raises, where it does */
  error: string | null;
}

/** What the two systems make of one image. */
export interface Comparison extends OddImage {
  /** what this library says, where it refuses */
  refusal: string | undefined;
  /** bytes of the pixels that differ, all of them if the sizes do; undefined unless both read it */
  differing: number | undefined;
}

/** The images of a file, in its order. */
export function oddImages({ metadata }: Checkpoint): readonly OddImage[] {
  return JSON.parse(metadata.images ?? '[]') as readonly OddImage[];
}

/**
 * Decodes one image of a file.
 *
 * @throws whatever is no error of this library
 */
export async function compareImage(file: Checkpoint, index: number): Promise<Comparison> {
  const image = oddImages(file)[index] ?? { kind: 'none', error: null };
  try {
    const { width, height, data } = await decodeImage(await file.read(`${index}.image_file`));
    if (image.error !== null) return { ...image, refusal: undefined, differing: undefined };
    const expected = await file.read(`${index}.rgb`);
    const shape = String(file.tensors.get(`${index}.rgb`)?.shape);
    const sameSize = shape === `${height},${width},3`;
    const differing = sameSize ? expected.filter((value, i) => value !== data[i]).length : expected.length;
    return { ...image, refusal: undefined, differing };
  } catch (error) {
    if (!(error instanceof Dinov2Error)) throw error;
    return { ...image, refusal: error.message, differing: undefined };
  }
}
