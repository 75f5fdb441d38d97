/** The files embeddings are written to. */
import { extname } from 'node:path';
import { OptionError, safetensorsHeader } from '../../lib/index.ts';
import { csvLine } from './csv.ts';
import { nameLine } from './names.ts';
import { npyHead } from './npy.ts';

/** The vector of an image; those of one file are of one length. */
export interface Embedding {
  readonly image: string;
  readonly vector: Float32Array;
}

/** One line of JSON for an image. */
export function jsonLine({ image, vector }: Embedding): string {
  return JSON.stringify({ image, embedding: Array.from(vector) });
}

/** A kind of file, as what stands before the embeddings and what each of them is. */
export interface EmbeddingsFormat {
  /** @param width how long each vector is */
  head(images: readonly string[], width: number): Uint8Array | string;
  row(embedding: Embedding): Uint8Array | string;
  /** whether the file has no room for the images' names, which then stand in a file beside it */
  readonly withoutNames?: boolean;
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength);

const FORMATS: Readonly<Record<string, EmbeddingsFormat>> = {
  '.npy': {
    head: (images, width) => npyHead(images.length, width),
    row: ({ vector }) => bytesOf(vector),
    withoutNames: true,
  },
  '.jsonl': {
    head: () => '',
    row: (embedding) => `${jsonLine(embedding)}\n`,
  },
  '.csv': {
    head: (_, width) => `${csvLine(['image', ...Array.from({ length: width }, (_, i) => `e${i}`)])}\n`,
    row: ({ image, vector }) => `${csvLine([image, ...vector])}\n`,
  },
  '.safetensors': {
    head(images, width) {
      const shape = [images.length, width];
      const byteLength = 4 * images.length * width;
      const embeddings = { name: 'embeddings', dtype: 'F32', shape, byteLength } as const;
      return safetensorsHeader([embeddings], { images: JSON.stringify(images) });
    },
    row: ({ vector }) => bytesOf(vector),
  },
};

/**
 * The format that the ending of a file stands for.
 *
 * @throws OptionError if it stands for none
 */
export function embeddingsFormat(path: string): EmbeddingsFormat {
  const format = FORMATS[extname(path)];
  if (format !== undefined) return format;
  throw new OptionError(
    `--output: expected a file ending in ${Object.keys(FORMATS).join(', ')}, got ${path}`,
  );
}

/** Pieces are joined to ones of about this many bytes. */
const PIECE = 2 ** 20;

/**
 * The bytes of a file, in pieces.
 *
 * @param read gives the vector of an image
 */
export function* embeddingsFile(
  format: EmbeddingsFormat,
  images: readonly string[],
  read: (image: string) => Float32Array,
): Generator<Uint8Array> {
  const [first] = images;
  const parts = [Buffer.from(format.head(images, first === undefined ? 0 : read(first).length))];
  let size = 0;
  for (const image of images) {
    const part = Buffer.from(format.row({ image, vector: read(image) }));
    parts.push(part);
    size += part.length;
    if (size < PIECE) continue;
    yield Buffer.concat(parts.splice(0));
    size = 0;
  }
  yield Buffer.concat(parts);
}

/** The bytes of a list of names, in pieces. */
export function* namesFile(images: readonly string[]): Generator<string> {
  for (let i = 0; i < images.length; i += 1000) {
    yield images
      .slice(i, i + 1000)
      .map((image) => `${nameLine(image)}\n`)
      .join('');
  }
}
