/** Names of the formats that are not read, of images and of what is taken for them, told by how files begin. */
import { describeText, type KnownFormat, type Signature } from './text-kinds.ts';

const CONVERT = 'convert it to PNG';
const EXTRACT = 'take the images out of it';
const FRAMES = 'take frames out of it, for example with ffmpeg';
const EXPORT = 'export it as PNG';

/** HEIF's brands, first or among the compatible ones, that promise HEVC or AVC images. */
const HEIF_BRAND = 'hei[cxms]|hev[cxms]|avc[is]|mif1|msf1';

/** Patterns over the first 512 bytes; the first that fits names the file. Source: the formats' specifications; most are in Pillow 13's plugins too. */
const SIGNATURES: readonly Signature[] = [
  {
    name: 'HEIC (HEIF), as iPhones write it',
    begins: new RegExp(`^.{4}ftyp(${HEIF_BRAND})`, 's'),
    remedy: 'convert it to JPEG or PNG, for example with heif-convert',
  },
  { name: 'Canon’s raw format CR3', begins: /^.{4}ftypcrx /s, remedy: 'develop it to PNG' },
  { name: 'an MP4 or QuickTime video', begins: /^.{4}(ftyp|moov|mdat|wide)/s, remedy: FRAMES },
  { name: 'Canon’s raw format CR2', begins: /^II\*\0.{4}CR/s, remedy: 'develop it to PNG' },
  { name: 'JPEG XL', begins: /^(\0\0\0\x0cJXL \r\n\x87\n|\xff\x0a)/, remedy: CONVERT },
  { name: 'JPEG XR', begins: /^II\xbc[\0\x01]/, remedy: CONVERT },
  { name: 'an icon (ICO)', begins: /^\0\0\x01\0[^\0]\0/, remedy: CONVERT },
  { name: 'a cursor (CUR)', begins: /^\0\0\x02\0[^\0]\0/, remedy: CONVERT },
  { name: 'an icon of macOS (ICNS)', begins: /^icns/, remedy: CONVERT },
  { name: 'a Photoshop document (PSD)', begins: /^8BPS/, remedy: EXPORT },
  { name: 'a GIMP image (XCF)', begins: /^gimp xcf/, remedy: EXPORT },
  { name: 'PDF', begins: /^.{0,16}%PDF-/s, remedy: 'render its pages to PNG, for example with pdftoppm' },
  { name: 'PostScript', begins: /^(%!PS|\xc5\xd0\xd3\xc6)/, remedy: 'render it to PNG' },
  { name: 'OpenEXR', begins: /^v\/1\x01/, remedy: 'convert it to PNG, choosing how its range is mapped' },
  {
    name: 'Radiance HDR',
    begins: /^#\?(RADIANCE|RGBE)/,
    remedy: 'convert it to PNG, choosing how its range is mapped',
  },
  { name: 'DDS, a texture', begins: /^DDS /, remedy: CONVERT },
  { name: 'KTX, a texture', begins: /^\xabKTX /, remedy: CONVERT },
  { name: 'QOI', begins: /^qoif/, remedy: CONVERT },
  { name: 'PNM (PBM, PGM, PPM or PAM)', begins: /^P[1-7]\s/, remedy: CONVERT },
  { name: 'PFM', begins: /^P[Ff]\s/, remedy: 'convert it to PNG, choosing how its range is mapped' },
  { name: 'MNG or JNG', begins: /^[\x8a\x8b][MJ]NG/, remedy: CONVERT },
  { name: 'a Sun raster image', begins: /^\x59\xa6\x6a\x95/, remedy: CONVERT },
  { name: 'an SGI image', begins: /^\x01\xda[\0\x01][\x01\x02]/, remedy: CONVERT },
  { name: 'BPG', begins: /^BPG\xfb/, remedy: CONVERT },
  { name: 'FLIF', begins: /^FLIF/, remedy: CONVERT },
  { name: 'farbfeld', begins: /^farbfeld/, remedy: CONVERT },
  {
    name: 'a Windows metafile',
    begins: /^(\xd7\xcd\xc6\x9a|\x01\0\0\0.{36} EMF)/s,
    remedy: 'render it to PNG',
  },
  {
    name: 'DICOM, a medical image',
    begins: /^.{128}DICM/s,
    remedy: 'export its frames as PNG, choosing the window of intensities',
  },
  { name: 'FITS', begins: /^SIMPLE {2}=/, remedy: 'convert it to PNG, choosing how its range is mapped' },
  { name: 'a NumPy array', begins: /^\x93NUMPY/, remedy: 'pass its pixels, or save them as PNG' },
  { name: 'HDF5', begins: /^\x89HDF/, remedy: EXTRACT },
  { name: 'Parquet', begins: /^PAR1/, remedy: EXTRACT },
  { name: 'gzip', begins: /^\x1f\x8b/, remedy: 'unpack it' },
  { name: 'a ZIP archive', begins: /^PK(\x03\x04|\x05\x06)/, remedy: 'unpack it' },
  {
    name: 'an archive or a compressed file',
    begins: /^(7z\xbc\xaf\x27\x1c|Rar!|BZh|\xfd7zXZ|\x28\xb5\x2f\xfd|.{257}ustar)/s,
    remedy: 'unpack it',
  },
  { name: 'a Matroska or WebM video', begins: /^\x1a\x45\xdf\xa3/, remedy: FRAMES },
  { name: 'an AVI video', begins: /^RIFF.{4}AVI /s, remedy: FRAMES },
  { name: 'sound', begins: /^(RIFF.{4}WAVE|OggS|ID3|fLaC)/s, remedy: 'pass an image' },
  {
    name: 'bytes that went through text and are lost',
    begins: /^(\xef\xbf\xbd|\xc3\xbf\xc3\x98|\xc2\x89PNG)/,
    remedy: 'read and write the original as bytes, not as text',
  },
  {
    name: 'zeros',
    begins: /^\0{16,}$/,
    remedy: 'the file was not written to its end; fetch it again',
  },
];

/**
 * Says what a file is that is none of the formats read.
 *
 * @param bytes the whole file
 * @returns a name for every file, if only its first bytes
 */
export function nameFormat(bytes: Uint8Array): KnownFormat {
  if (bytes.length === 0) return { name: 'an empty file', remedy: 'fetch or write it again' };
  const head = String.fromCharCode(...bytes.subarray(0, 512));
  const tail = String.fromCharCode(...bytes.subarray(-18));
  if (tail.startsWith('TRUEVISION-XFILE')) return { name: 'TGA', remedy: CONVERT };
  const hex = Array.from(bytes.subarray(0, 8), (byte) => byte.toString(16).padStart(2, '0')).join(' ');
  return (
    SIGNATURES.find(({ begins }) => begins.test(head)) ??
    describeText(bytes) ?? { name: `a file that begins with ${hex}`, remedy: CONVERT }
  );
}
