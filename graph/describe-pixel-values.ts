/** Values that are no pixel values, in words, with what to pass instead. */
import { isBlob, isUrl, tagOf } from '../bytes/tag-of.ts';

const PROCESS = 'process images with an image processor';

/** A value that was passed in place of a batch of preprocessed images, as it stands after "got". */
export function describePixelValues(value: unknown): string {
  const tag = tagOf(value);
  if (tag === 'Promise') return 'a promise; await it';
  if (typeof value === 'string' || isUrl(value) || isBlob(value)) {
    return `${isBlob(value) ? `a ${tag}` : 'the address of an image'}; pass (await processor.preprocess(it)).pixelValues`;
  }
  if (tag === 'Float32Array')
    return 'a Float32Array alone; pass { data, shape: [batch, channels, height, width] }';
  if (value === undefined || value === null) return `${value}; ${PROCESS}`;
  if (typeof value !== 'object') return `${tag}; ${PROCESS}`;
  if ('pixelValues' in value) return '{ pixelValues }; pass what is in it';
  if ('pixel_values' in value) return '{ pixel_values }; pass what is in it, as { data, shape }';
  if ('dims' in value) return 'a tensor of another library; pass { data: it.data, shape: it.dims }';
  if ('data' in value && 'shape' in value) return `{ data: ${tagOf(value.data)}, shape }; ${PROCESS}`;
  return `${tag}; ${PROCESS}`;
}

/** What to do about a tensor of too few axes; empty where nothing is known. */
export function rankRemedy(shape: readonly number[]): string {
  if (shape.length !== 3) return '';
  const [, , channels = 0] = shape;
  return channels <= 4
    ? '; this looks like an image of rows, columns and channels: pass it to processor.preprocess'
    : '; for a batch of one image put a 1 before it, as expandDims(0) does';
}
