/** The files embeddings are written to. */
import { extname } from 'node:path';
import { encodeSafetensors, OptionError } from '../../lib/index.ts';
import { csvLine } from './csv.ts';
import { encodeNpy } from './npy.ts';

/** One vector for each image. */
export interface Embeddings {
  names: string[];
  vectors: Float32Array[];
}

/** One line of JSON for an image. */
export function jsonLine(image: string, embedding: Float32Array): string {
  return JSON.stringify({ image, embedding: Array.from(embedding) });
}

/** What makes the bytes of each kind of file. */
const ENCODERS: Readonly<Record<string, (embeddings: Embeddings) => Uint8Array | string>> = {
  '.npy': ({ vectors }) => encodeNpy(vectors),
  '.jsonl': ({ names, vectors }) =>
    names.map((name, i) => `${jsonLine(name, vectors[i] ?? new Float32Array())}\n`).join(''),
  '.csv': ({ names, vectors }) => {
    const columns = Array.from(vectors[0] ?? [], (_, i) => `e${i}`);
    const rows = names.map((name, i) => csvLine([name, ...(vectors[i] ?? [])]));
    return `${[csvLine(['image', ...columns]), ...rows].join('\n')}\n`;
  },
  '.safetensors': ({ names, vectors }) => {
    const width = vectors[0]?.length ?? 0;
    const values = new Float32Array(vectors.length * width);
    for (const [i, vector] of vectors.entries()) values.set(vector, i * width);
    const embeddings = { data: values, shape: [vectors.length, width] };
    return encodeSafetensors({ embeddings }, { images: JSON.stringify(names) });
  },
};

/**
 * Refuses a file whose ending stands for no format.
 *
 * @throws OptionError
 */
export function requireEmbeddingsFormat(path: string): void {
  if (!Object.hasOwn(ENCODERS, extname(path))) {
    throw new OptionError(
      `--output: expected a file ending in ${Object.keys(ENCODERS).join(', ')}, got ${path}`,
    );
  }
}

/** The file in the format that its ending stands for. */
export function encodeEmbeddings(path: string, embeddings: Embeddings): Uint8Array | string {
  const encode = ENCODERS[extname(path)];
  if (encode === undefined) throw new OptionError(`--output: expected a known ending, got ${path}`);
  return encode(embeddings);
}
