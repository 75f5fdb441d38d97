/** The end of a JPEG, and errors of one that ends too early; the pixels of its kinds stand in conformance/. */
import { readFileSync } from 'node:fs';
import { memorySource } from '../../sources/byte-source.ts';
import { openSafetensors } from '../../weights/safetensors/open-safetensors.ts';
import { decodeImage } from '../decode-image.ts';

const FOLDER = new URL('../../conformance/fixtures/images/', import.meta.url).pathname;

async function encoded(name: string): Promise<Uint8Array> {
  const bytes = new Uint8Array(readFileSync(`${FOLDER}${name}.safetensors`));
  return (await openSafetensors(memorySource(bytes), name)).read('image_file');
}

/** The JPEG with a whole other JPEG in an EXIF segment, as cameras keep their thumbnails. */
async function withThumbnail(jpeg: Uint8Array): Promise<Uint8Array> {
  const thumbnail = await encoded('jpeg-grey');
  const segment = Buffer.concat([Buffer.from('\xff\xe1\0\0Exif\0\0', 'latin1'), thumbnail]);
  segment.writeUInt16BE(segment.length - 2, 2);
  return Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
}

test('bytes behind the end change nothing, however many there are', async () => {
  const whole = await encoded('jpeg-420');
  const image = await decodeImage(whole);
  expect(await decodeImage(Buffer.concat([whole, Buffer.alloc(70_000, 0x55)]))).toEqual(image);
});

test.each(['jpeg-420', 'jpeg-progressive-420', 'jpeg-arithmetic', 'jpeg-cmyk'])(
  'a %s that breaks off in its scan is refused, though its thumbnail has an end',
  async (name) => {
    const whole = await withThumbnail(await encoded(name));
    await expect(decodeImage(whole)).resolves.toBeDefined();
    const cut = whole.subarray(0, whole.length - 200);
    await expect(decodeImage(cut, 'cut.jpg')).rejects.toThrow(
      /^cut\.jpg: expected .*, got a truncated (one|file)$/,
    );
  },
);

test('a decoder that failed does not spoil the next image', async () => {
  const whole = await encoded('jpeg-444');
  const image = await decodeImage(whole);
  const tables = whole.findIndex((byte, i) => byte === 0xff && whole[i + 1] === 0xc4);
  const broken = whole.slice();
  broken[tables + 4] = 0x55;
  await expect(decodeImage(broken, 'x.jpg')).rejects.toThrow(
    /^x\.jpg: expected a JPEG that can be decoded, got Bogus DHT index 69$/,
  );
  expect(await decodeImage(whole)).toEqual(image);
});

test('images decoded at the same time are kept apart', async () => {
  const names = ['jpeg-420', 'jpeg-cmyk', 'jpeg-progressive-444', 'jpeg-grey', 'jpeg-arithmetic'];
  const files = await Promise.all(names.map(encoded));
  const alone = [];
  for (const file of files) alone.push(await decodeImage(file));
  expect(await Promise.all(files.map((file) => decodeImage(file)))).toEqual(alone);
});

/** The segments of a JPEG, each scan with its data; without start and end. */
function segmentsOf(jpeg: Uint8Array): Buffer[] {
  const bytes = Buffer.from(jpeg);
  const starts: number[] = [];
  for (let at = 2; bytes[at + 1] !== 0xd9; ) {
    starts.push(at);
    at += 2 + bytes.readUInt16BE(at + 2);
    // within the data of a scan, a zero follows every ff
    while (bytes[at] !== 0xff || bytes[at + 1] === 0) at++;
  }
  return starts.map((start, i) => bytes.subarray(start, starts[i + 1] ?? bytes.length - 2));
}

test('scans without end are refused, unless they cost nothing', async () => {
  const segments = segmentsOf(await encoded('jpeg-progressive-420'));
  const scan = segments.at(-1) ?? Buffer.alloc(0);
  // no data, as it has the end of its segment next
  const empty = scan.subarray(0, 2 + scan.readUInt16BE(2));
  const file = (scans: number, side?: number): Buffer => {
    const whole = Buffer.concat([Buffer.from('ffd8', 'hex'), ...segments]);
    const frame = whole.indexOf(Buffer.from('ffc2', 'hex'));
    if (side !== undefined)
      whole.fill(Buffer.of(side >> 8, side & 255, side >> 8, side & 255), frame + 5, frame + 9);
    return Buffer.concat([whole, ...Array.from({ length: scans }, () => empty), Buffer.from('ffd9', 'hex')]);
  };
  await expect(decodeImage(file(1000))).resolves.toHaveProperty('width');
  await expect(decodeImage(file(100, 5000), 'x.jpg')).rejects.toThrow(
    /^x\.jpg: expected a JPEG that can be decoded, got more than \d+ scans of a large image/,
  );
});
