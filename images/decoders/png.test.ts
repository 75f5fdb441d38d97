/** Damage and oddities in PNG: as Pillow 13, which was asked about every one of these. */
import { deflateSync } from 'node:zlib';
import { ImageError } from '../../errors/errors.ts';
import { decodeImage } from '../decode-image.ts';
import { pngChunk } from '../encode-png.ts';
import { type PngHeader, pngFile, pngHeader, pngPixels, simplePng } from '../testing/png-writer.ts';

const GREY: PngHeader = { width: 2, height: 2, colourType: 0 };
const ROWS = [
  [10, 20],
  [30, 40],
];
const HEAD = pngHeader(GREY);
const PIXELS = pngPixels(...ROWS);
const IDAT = pngChunk('IDAT', PIXELS);
const IEND = pngChunk('IEND');
const text = (value: string): Uint8Array => Buffer.from(value, 'latin1');
const long = (...values: number[]): Uint8Array => {
  const data = Buffer.alloc(4 * values.length);
  for (const [i, value] of values.entries()) data.writeUInt32BE(value, 4 * i);
  return data;
};

/** One value for each pixel; fails unless the image is grey. */
async function greys(bytes: Uint8Array): Promise<number[]> {
  const { data } = await decodeImage(bytes, 'x.png');
  const values = Array.from({ length: data.length / 3 }, (_, i) => data[3 * i] ?? -1);
  expect([...data]).toEqual(values.flatMap((value) => [value, value, value]));
  return values;
}

const wrongAdler = Buffer.from(PIXELS);
wrongAdler.set([1, 2, 3, 4], PIXELS.length - 4);
const profile = (packed: Uint8Array): Uint8Array =>
  pngChunk('iCCP', Buffer.concat([text('name\0\0'), packed]));
const frame = (sequence: number, width: number): Uint8Array =>
  pngChunk('fcTL', Buffer.concat([long(sequence, width, 2, 0, 0), Buffer.alloc(6)]));
const frames = pngChunk('acTL', long(2, 0));

test.each<[string, Uint8Array]>([
  ['no end', pngFile(HEAD, IDAT)],
  ['an end cut off', pngFile(HEAD, IDAT, IEND.subarray(0, 6))],
  ['a wrong checksum of the pixels', pngFile(HEAD, pngChunk('IDAT', PIXELS, 1), IEND)],
  ['a wrong checksum of the end', pngFile(HEAD, IDAT, pngChunk('IEND', text(''), 1))],
  [
    'a wrong checksum of a text after the pixels',
    pngFile(HEAD, IDAT, pngChunk('tEXt', text('a\0b'), 1), IEND),
  ],
  ['no Adler sum', pngFile(HEAD, pngChunk('IDAT', PIXELS.subarray(0, -4)), IEND)],
  [
    'a wrong Adler sum in another chunk',
    pngFile(HEAD, pngChunk('IDAT', PIXELS.subarray(0, -4)), pngChunk('IDAT', long(7)), IEND),
  ],
  [
    'pixels in many chunks, some empty',
    pngFile(
      HEAD,
      ...Array.from(PIXELS, (byte) => [pngChunk('IDAT', Uint8Array.of(byte)), pngChunk('IDAT')]).flat(),
      IEND,
    ),
  ],
  ['more pixels than the header says', simplePng(GREY, [...ROWS, [50, 60]])],
  ['bytes after the end', Buffer.concat([pngFile(HEAD, IDAT, IEND), text('and more')])],
  ['unknown chunks', pngFile(HEAD, pngChunk('CgBI', long(1)), pngChunk('prVt', text('?')), IDAT, IEND)],
  ['a palette', pngFile(HEAD, pngChunk('PLTE', long(1, 2, 3)), IDAT, IEND)],
  ['a profile that does not unpack', pngFile(HEAD, profile(text('damaged')), IDAT, IEND)],
  [
    'the first of two frames',
    pngFile(HEAD, frames, frame(0, 2), IDAT, frame(1, 2), pngChunk('fdAT', long(2, 0)), IEND),
  ],
  [
    'a first frame that only animations have',
    pngFile(HEAD, frames, frame(0, 2), pngChunk('fdAT', Buffer.concat([long(1), PIXELS])), IEND),
  ],
])('reads a file with %s', async (_, bytes) => {
  expect(await greys(bytes)).toEqual([10, 20, 30, 40]);
});

test.each<[string, Uint8Array, RegExp]>([
  [
    'a wrong checksum of the header',
    pngFile(pngChunk('IHDR', HEAD.subarray(8, 21), 1), IDAT, IEND),
    /checksum in IHDR/,
  ],
  [
    'a wrong checksum of a text before the pixels',
    pngFile(HEAD, pngChunk('tEXt', text('a\0b'), 1), IDAT, IEND),
    /checksum in tEXt/,
  ],
  ['a wrong Adler sum', pngFile(HEAD, pngChunk('IDAT', wrongAdler), IEND), /damaged pixels/],
  ['too few pixels', pngFile(HEAD, pngChunk('IDAT', PIXELS.subarray(0, 8)), IEND), /truncated pixels/],
  ['half a row', simplePng(GREY, [[10, 20], [30]]), /truncated pixels/],
  [
    'pixels interrupted by another chunk',
    pngFile(
      HEAD,
      pngChunk('IDAT', PIXELS.subarray(0, 6)),
      pngChunk('tEXt', text('a\0b')),
      pngChunk('IDAT', PIXELS.subarray(6)),
      IEND,
    ),
    /truncated pixels/,
  ],
  [
    'an unknown filter',
    pngFile(HEAD, pngChunk('IDAT', deflateSync(Uint8Array.of(0, 1, 2, 5, 3, 4))), IEND),
    /filter 5/,
  ],
  ['no pixels', pngFile(HEAD, IEND), /without pixels/],
  ['no header', pngFile(IDAT, IEND), /no header/],
  [
    'a depth that its colour type has not',
    simplePng({ ...GREY, depth: 4, colourType: 2 }, ROWS),
    /no header with a colour type/,
  ],
  ['no width', simplePng({ ...GREY, width: 0 }, ROWS), /pixels, got 0×2/],
  [
    'absurd dimensions',
    simplePng({ ...GREY, width: 2 ** 31, height: 2 ** 31 }, ROWS),
    /pixels, got 2147483648×/,
  ],
  [
    'more than it has room for',
    pngFile(pngHeader({ width: 9000, height: 9000, depth: 16, colourType: 6 }), IDAT, IEND),
    /truncated pixels/,
  ],
  [
    'more colours than 256',
    simplePng({ ...GREY, colourType: 3 }, ROWS, [pngChunk('PLTE', new Uint8Array(771))]),
    /palette of 257 colours/,
  ],
  [
    'more alphas than 256',
    simplePng({ ...GREY, colourType: 3 }, ROWS, [pngChunk('tRNS', new Uint8Array(257))]),
    /tRNS of 257 bytes/,
  ],
  ['a key that is too short', simplePng(GREY, ROWS, [pngChunk('tRNS', Uint8Array.of(1))]), /tRNS of 1 bytes/],
  [
    'a chunk that goes beyond the file',
    Buffer.concat([pngFile(HEAD, IDAT), pngChunk('tEXt', text('abcdef')).subarray(0, 12)]),
    /truncated file/,
  ],
  ['frames out of order', simplePng(GREY, ROWS, [frames, frame(1, 2)]), /wrong order/],
  ['a frame beyond the image', simplePng(GREY, ROWS, [frames, frame(0, 3)]), /beyond the image/],
  [
    'a profile compressed in an unknown way',
    simplePng(GREY, ROWS, [pngChunk('iCCP', text('name\0\x01'))]),
    /unknown kind, 1, in iCCP/,
  ],
  [
    'a profile of more than a megabyte',
    simplePng(GREY, ROWS, [profile(deflateSync(Buffer.alloc(300 * 2 ** 20)))]),
    /a text of more than 1048576 bytes/,
  ],
  [
    'an international text of more than a megabyte',
    simplePng(GREY, ROWS, [
      pngChunk('iTXt', Buffer.concat([text('name\0\x01\0en\0name\0'), deflateSync(Buffer.alloc(2 ** 21))])),
    ]),
    /a text of more than 1048576 bytes/,
  ],
  ...Object.entries({ IHDR: 13, gAMA: 4, cHRM: 32, sRGB: 1, pHYs: 9, acTL: 8, fcTL: 26 }).map(
    ([type, length]): [string, Uint8Array, RegExp] => [
      `a chunk ${type} that is too short`,
      simplePng(GREY, ROWS, [pngChunk(type, new Uint8Array(length - 1))]),
      new RegExp(`a chunk ${type} of ${length - 1} bytes`),
    ],
  ),
])('refuses a file with %s', async (_, bytes, message) => {
  await expect(decodeImage(bytes, 'x.png')).rejects.toThrow(ImageError);
  await expect(decodeImage(bytes, 'x.png')).rejects.toThrow(message);
});

test('of a stream that unpacks to far more than the image, only the image is unpacked', async () => {
  const bomb = deflateSync(Buffer.alloc(300 * 2 ** 20));
  const before = process.memoryUsage().arrayBuffers;
  expect(await greys(pngFile(HEAD, pngChunk('IDAT', bomb), IEND))).toEqual([0, 0, 0, 0]);
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 25);
});

test('rows that a stream ends before are zero, and zero may be the key', async () => {
  const oneRow = pngChunk('IDAT', pngPixels([10, 20]));
  expect(await greys(pngFile(HEAD, oneRow, IEND))).toEqual([10, 20, 0, 0]);
  expect(await greys(pngFile(HEAD, pngChunk('tRNS', Uint8Array.of(0, 0)), oneRow, IEND))).toEqual([
    10, 20, 255, 255,
  ]);
});

test('an index beyond the palette is black', async () => {
  const file = simplePng(
    { ...GREY, colourType: 3 },
    [
      [0, 1],
      [2, 255],
    ],
    [pngChunk('PLTE', Uint8Array.of(9, 9, 9, 8, 8, 8))],
  );
  expect(await greys(file)).toEqual([9, 8, 0, 0]);
});

test('a key after the pixels counts, a palette there does not', async () => {
  const key = pngChunk('tRNS', Uint8Array.of(0, 20));
  expect(await greys(pngFile(HEAD, IDAT, key, IEND))).toEqual([10, 255, 30, 40]);
  const late = pngFile(
    pngHeader({ ...GREY, colourType: 3 }),
    IDAT,
    pngChunk('PLTE', new Uint8Array(768).fill(7)),
    IEND,
  );
  expect(await greys(late)).toEqual([0, 0, 0, 0]);
});

test('interlaced images of any size and depth are the same image', async () => {
  for (const depth of [1, 2, 4, 8, 16]) {
    for (const [width, height] of [
      [1, 1],
      [2, 1],
      [1, 5],
      [3, 3],
      [5, 2],
      [8, 8],
      [9, 7],
    ] as const) {
      const value = (x: number, y: number): number => (x * 7 + y * 5 + x * y) % 2 ** Math.min(depth, 8);
      const packed = (xs: readonly number[], y: number): number[] => {
        const bits = xs.map((x) => value(x, y).toString(2).padStart(depth, '0')).join('');
        return bits.match(/.{1,8}/g)?.map((byte) => Number.parseInt(byte.padEnd(8, '0'), 2)) ?? [];
      };
      const from = (start: number, end: number, step: number): number[] =>
        Array.from({ length: Math.max(0, Math.ceil((end - start) / step)) }, (_, i) => start + i * step);
      const passes = [
        [0, 0, 8, 8],
        [4, 0, 8, 8],
        [0, 4, 4, 8],
        [2, 0, 4, 4],
        [0, 2, 2, 4],
        [1, 0, 2, 2],
        [0, 1, 1, 2],
      ] as const;
      const interlaced = passes.flatMap(([left, top, stepX, stepY]) => {
        const xs = from(left, width, stepX);
        return xs.length === 0 ? [] : from(top, height, stepY).map((y) => packed(xs, y));
      });
      const plain = from(0, height, 1).map((y) => packed(from(0, width, 1), y));
      const header = { width, height, depth, colourType: 0 };
      const expected = await decodeImage(simplePng(header, plain));
      expect(await decodeImage(simplePng({ ...header, interlaced: true }, interlaced))).toEqual(expected);
    }
  }
});

test('bytes may be part of a larger memory, or shared', async () => {
  const whole = pngFile(HEAD, IDAT, IEND);
  const around = Buffer.concat([text('abc'), whole, text('def')]);
  expect(await greys(around.subarray(3, 3 + whole.length))).toEqual([10, 20, 30, 40]);
  const shared = new Uint8Array(new SharedArrayBuffer(whole.length));
  shared.set(whole);
  expect(await greys(shared)).toEqual([10, 20, 30, 40]);
});

test.each(['whole', 'damaged'])(
  'many profiles that are %s are refused before they take seconds',
  async (state) => {
    const packed = deflateSync(new Uint8Array(2 ** 20));
    if (state === 'damaged') packed.fill(0x55, packed.length - 4);
    const profile = pngChunk('iCCP', Buffer.concat([text('a\0\0'), packed]));
    const few = Array.from({ length: 20 }, () => profile);
    await expect(greys(pngFile(HEAD, ...few, IDAT, IEND))).resolves.toEqual(ROWS.flat());
    const many = Array.from({ length: 70 }, () => profile);
    await expect(decodeImage(pngFile(HEAD, ...many, IDAT, IEND), 'x.png')).rejects.toThrow(
      /^x\.png: .*, got more than \d+ bytes of text$/,
    );
  },
);
