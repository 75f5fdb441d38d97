/** Files that are no images that are read: their names, and what to do about them. */
import { ImageError } from '../errors/errors.ts';
import { decodeImage } from './decode-image.ts';
import { nameFormat } from './known-formats.ts';

/** Bytes of a string in which every character is one byte. */
const latin1 = (text: string): Uint8Array => new Uint8Array(Buffer.from(text, 'latin1'));

const box = (brands: string): Uint8Array => latin1(`\0\0\0\x20ftyp${brands}`);

test.each([
  ['an empty file', latin1('')],
  ['HEIC (HEIF), as iPhones write it', box('heic\0\0\0\0mif1heic')],
  ['HEIC (HEIF), as iPhones write it', box('mif1\0\0\0\0mif1heic')],
  ['HEIC (HEIF), as iPhones write it', box('heix\0\0\0\0')],
  ['an MP4 or QuickTime video', box('isom\0\0\x02\0isomiso2avc1mp41')],
  ['an MP4 or QuickTime video', box('qt  \0\0\0\0qt  ')],
  ['Canon’s raw format CR3', box('crx \0\0\0\x01crx isom')],
  ['Canon’s raw format CR2', latin1('II*\0\x10\0\0\0CR\x02\0')],
  ['JPEG XL', latin1('\xff\x0a\xfa\x7f')],
  ['JPEG XL', latin1('\0\0\0\x0cJXL \r\n\x87\n')],
  ['an icon (ICO)', latin1('\0\0\x01\0\x01\0\x20\x20')],
  ['a cursor (CUR)', latin1('\0\0\x02\0\x01\0\x20\x20')],
  ['a Photoshop document (PSD)', latin1('8BPS\0\x01')],
  ['PDF', latin1('%PDF-1.7\n%\xe2\xe3\xcf\xd3')],
  ['OpenEXR', latin1('v/1\x01\x02\0\0\0')],
  ['Radiance HDR', latin1('#?RADIANCE\n')],
  ['DDS, a texture', latin1('DDS |\0\0\0')],
  ['QOI', latin1('qoif\0\0\0\x01')],
  ['PNM (PBM, PGM, PPM or PAM)', latin1('P6\n4 4\n255\n')],
  ['PNM (PBM, PGM, PPM or PAM)', latin1('P2 4 4 255 ')],
  ['DICOM, a medical image', latin1(`${'\0'.repeat(128)}DICM\x02\0`)],
  ['TGA', latin1(`\0\0\x02${'\0'.repeat(40)}TRUEVISION-XFILE.\0`)],
  ['a NumPy array', latin1('\x93NUMPY\x01\0')],
  ['gzip', latin1('\x1f\x8b\x08\0')],
  ['a ZIP archive', latin1('PK\x03\x04\x14\0')],
  ['an archive or a compressed file', latin1(`${'name'.padEnd(257, '\0')}ustar\0`)],
  ['a Matroska or WebM video', latin1('\x1a\x45\xdf\xa3\x9f')],
  [
    'bytes that went through text and are lost',
    latin1('\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\0\x10JFIF'),
  ],
  ['bytes that went through text and are lost', latin1('\xef\xbf\xbdPNG\r\n\x1a\n')],
  ['zeros', new Uint8Array(4096)],
  ['a Git LFS pointer', latin1('version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 5\n')],
  ['an HTML page', latin1('<!DOCTYPE html>\n<html><head><title>Log in</title>')],
  ['an HTML page', latin1('\xef\xbb\xbf\r\n <!-- a cache --> <HTML>')],
  ['an HTML page', new Uint8Array(Buffer.from('\ufeff<html>', 'utf16le'))],
  ['SVG', latin1('<svg xmlns="http://www.w3.org/2000/svg"/>')],
  ['SVG', latin1('<?xml version="1.0"?>\n<!-- Inkscape -->\n<svg width="4">')],
  ['XML', latin1('<?xml version="1.0"?><Error><Code>AccessDenied</Code></Error>')],
  ['JSON', latin1('{"error": "not found"}')],
  ['JSON', latin1('[ {"id": 1} ]')],
  ['a data: URI', latin1('data:image/png;base64,iVBORw0KGgo')],
  ['an image in base64', latin1('/9j/4AAQSkZJRgABAQ')],
  ['an address', latin1('https://example.com/a.jpg\n')],
  ['text that begins with "hello, world"', latin1('hello, world')],
  ['text that begins with "naïve"', new TextEncoder().encode('naïve')],
  ['a file that begins with de ad be ef', latin1('\xde\xad\xbe\xef')],
])('%s is named', (name, bytes) => {
  const found = nameFormat(bytes);
  expect(found.name).toBe(name);
  expect(found.remedy).toMatch(/^\S.*[^.]$/);
});

test('a long text whose cut falls into a character is a text', () => {
  const long = new TextEncoder().encode(`x${'é'.repeat(2000)}`);
  expect(nameFormat(long).name).toMatch(/^text that begins with "xé/);
});

test('the message has the place, what was expected, what was found, and a remedy, in one line', async () => {
  const page = latin1('<html>\n<body>404</body></html>');
  const message =
    /^a\.jpg: expected an image in one of JPEG, PNG, .*, got an HTML page; it may be an error or a log-in page; fetch/;
  await expect(decodeImage(page, 'a.jpg')).rejects.toThrow(message);
  await expect(decodeImage(page, 'a.jpg')).rejects.toBeInstanceOf(ImageError);
});
