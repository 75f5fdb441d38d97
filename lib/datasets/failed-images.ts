/** The images of a dataset that can't be read. */
import { Dinov2Error } from '../../errors/errors.ts';

/** An image that can't be read, and why. */
export interface FailedImage {
  readonly name: string;
  readonly error: string;
}

/**
 * Keeps the images that are left out because they can't be read.
 *
 * @param onError told of each
 * @returns those so far, and what is to be told of one, which throws errors that are of no image
 */
export function failedImages(onError: ((error: unknown, name: string) => void) | undefined): {
  failed: FailedImage[];
  leftOut: (error: unknown, name: string) => void;
} {
  const failed: FailedImage[] = [];
  const leftOut = (error: unknown, name: string): void => {
    if (!(error instanceof Dinov2Error)) throw error;
    failed.push({ name, error: error.message });
    onError?.(error, name);
  };
  return { failed, leftOut };
}
