/** The files embeddings are written to. */
import { extname } from 'node:path';
import { encodeSafetensors, OptionError } from '../../lib/index.ts';
import { csvLine } from './csv.ts';
import { encodeNpy } from './npy.ts';

/** The vector of an image; those of one file are of one length. */
export interface Embedding {
  readonly image: string;
  readonly vector: Float32Array;
}

/** One line of JSON for an image. */
export function jsonLine({ image, vector }: Embedding): string {
  return JSON.stringify({ image, embedding: Array.from(vector) });
}

type Encode = (all: readonly Embedding[]) => Uint8Array | string;

/** What makes the bytes of each kind of file. */
const ENCODERS: Readonly<Record<string, Encode>> = {
  '.npy': (all) => encodeNpy(all.map(({ vector }) => vector)),
  '.jsonl': (all) => all.map((each) => `${jsonLine(each)}\n`).join(''),
  '.csv': (all) => {
    const columns = Array.from(all[0]?.vector ?? [], (_, i) => `e${i}`);
    const rows = all.map(({ image, vector }) => csvLine([image, ...vector]));
    return `${[csvLine(['image', ...columns]), ...rows].join('\n')}\n`;
  },
  '.safetensors': (all) => {
    const width = all[0]?.vector.length ?? 0;
    const data = new Float32Array(all.length * width);
    for (const [i, { vector }] of all.entries()) data.set(vector, i * width);
    const embeddings = { data, shape: [all.length, width] };
    return encodeSafetensors({ embeddings }, { images: JSON.stringify(all.map(({ image }) => image)) });
  },
};

/**
 * What makes a file, of at least one embedding, in the format that its ending stands for.
 *
 * @throws OptionError if the ending stands for none
 */
export function embeddingsEncoder(path: string): Encode {
  const encode = ENCODERS[extname(path)];
  if (encode !== undefined) return encode;
  throw new OptionError(
    `--output: expected a file ending in ${Object.keys(ENCODERS).join(', ')}, got ${path}`,
  );
}
