/** The sample layout of a TIFF file: meaning, alpha, bits, format and order. Source: Pillow 13, TiffImagePlugin.py, `_setup`, `OPEN_INFO`. */
import { type Directory, TAG } from './directory.ts';

/** How samples become colours. */
export type Meaning = 'white is zero' | 'grey' | 'RGB' | 'palette' | 'inks' | 'YCbCr';

/** What is known of alpha: none, as colours are, or multiplied into them. */
export type Alpha = 'none' | 'apart' | 'multiplied';

export interface Layout {
  meaning: Meaning;
  alpha: Alpha;
  /** 1, 2, 4, 8, 16 or 32 */
  bits: number;
  /** of a sample: whole numbers without or with sign, or floats */
  format: 'unsigned' | 'signed' | 'float';
  /** stored for a pixel, colours first, alpha after them */
  samples: number;
  /** whether each sample has strips of its own */
  isPlanar: boolean;
  isLittleEndian: boolean;
  /** whether the low bit of a byte comes first */
  lowBitFirst: boolean;
}

const MEANINGS: readonly Meaning[] = ['white is zero', 'grey', 'RGB', 'palette', 'grey', 'inks', 'YCbCr'];
const FORMATS = ['unsigned', 'unsigned', 'signed', 'float'] as const;
const COLOURS: Readonly<Record<Meaning, number>> = {
  'white is zero': 1,
  grey: 1,
  RGB: 3,
  palette: 1,
  inks: 4,
  YCbCr: 3,
};

function alphaOf(extra: readonly number[], isUnsaid: boolean): Alpha {
  if (isUnsaid || extra[0] === 2 || extra[0] === 999) return 'apart';
  return extra[0] === 1 ? 'multiplied' : 'none';
}

/**
 * @throws RangeError that names an arrangement which is not read: Pillow refuses it, or has it converted by libtiff
 */
export function layoutOf(directory: Directory): Layout {
  const photometric = directory.number(TAG.photometric, 0);
  const meaning = photometric === 4 ? undefined : MEANINGS[photometric];
  if (meaning === undefined) throw new RangeError(`photometric interpretation ${photometric}`);
  const samples = directory.number(TAG.samplesPerPixel, 1);
  const stated = directory.numbers(TAG.bitsPerSample);
  const depths = stated.length === 0 ? [1] : stated.slice(0, Math.max(1, samples));
  const formats = directory.numbers(TAG.sampleFormat);
  const [bits = 1] = depths;
  const format = FORMATS[formats[0] ?? 1];
  const extra = directory.numbers(TAG.extraSamples);
  // colours of four samples without a word on the fourth
  const isUnsaid = meaning === 'RGB' && samples === 4 && extra.length === 0;
  const lowBitFirst = directory.number(TAG.fillOrder, 1) === 2;
  const isPlanar = directory.number(TAG.planarConfiguration, 1) === 2;
  const layout: Layout = {
    meaning: meaning === 'YCbCr' && samples === 1 ? 'grey' : meaning,
    alpha: alphaOf(extra, isUnsaid),
    bits,
    format: format ?? 'unsigned',
    samples,
    isPlanar,
    isLittleEndian: directory.isLittleEndian,
    lowBitFirst,
  };
  const expected = COLOURS[layout.meaning] + (isUnsaid ? 1 : extra.length);
  const isUniform = [depths, formats].every((list) => list.every((each) => each === list[0]));
  if (
    !isUniform ||
    (depths.length !== 1 && depths.length !== samples) ||
    samples !== expected ||
    samples > 6
  ) {
    throw new RangeError(`${samples} samples of ${depths} bits with ${extra.length} extra`);
  }
  requireKind(layout, format === undefined);
  return layout;
}

/** Refuses what no row of Pillow's table has, and rows of it that are not read here. */
function requireKind(layout: Layout, isFormatUnknown: boolean): void {
  const { meaning, alpha, bits, format, samples, lowBitFirst, isPlanar, isLittleEndian } = layout;
  const small = format === 'unsigned' && [1, 2, 4, 8].includes(bits);
  const known: Record<Meaning, boolean> = {
    'white is zero': samples === 1 && (small || (format === 'unsigned' && bits === 16 && isLittleEndian)),
    grey:
      samples === 1
        ? small || (format === 'signed' && bits === 8) || bits === 16 || bits === 32
        : samples === 2 && small && bits === 8 && alpha !== 'multiplied',
    RGB: format === 'unsigned' && (bits === 8 || (bits === 16 && samples <= 4)),
    palette: small && (samples === 1 || (samples === 2 && bits === 8 && alpha !== 'multiplied')),
    inks: alpha === 'none' && format === 'unsigned' && (bits === 8 || (bits === 16 && samples === 4)),
    YCbCr: samples === 3 && small && bits === 8,
  };
  const isOrdered = !lowBitFirst || bits <= 8;
  const isWhole = format !== 'float' || bits === 32;
  if (!known[meaning] || isFormatUnknown || !isOrdered || !isWhole || (isPlanar && bits !== 8)) {
    throw new RangeError(`${samples} ${format} samples of ${bits} bits for ${meaning}`);
  }
}
