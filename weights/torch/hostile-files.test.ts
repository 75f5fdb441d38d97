/** Archives that were made to harm, each refused with a message of its own; the pickle in them is sound. */
import { FormatError } from '../../errors/errors.ts';
import { assemble, dict, global, pickleOf, tensor } from '../testing/pickle-assembler.ts';
import { readTorch } from '../testing/read-torch.ts';
import { FOUR, torchEntries, torchLegacy, torchZip } from '../testing/torch-file.ts';
import { zipOf } from '../testing/zip-builder.ts';

const sound = dict({ a: tensor() });

test.each([
  ['zip', torchZip(sound)],
  ['zip64', torchZip(sound, FOUR, { zip64: true })],
  ['zip with a comment', torchZip(sound, FOUR, { comment: new Uint8Array(100) })],
  ['zip64 in every field', zipOf(torchEntries(pickleOf(sound)).map((entry) => ({ ...entry, zip64: true })))],
  ['legacy', torchLegacy(sound)],
])('a sound file is read: %s', async (_, bytes) => {
  expect([...(await readTorch(bytes))]).toEqual([['a', FOUR[0]]]);
});

test('every truncation of a sound file is refused', async () => {
  for (const bytes of [torchZip(sound), torchZip(sound, FOUR, { zip64: true }), torchLegacy(sound)]) {
    for (let length = 0; length < bytes.length; length++) {
      await expect(readTorch(bytes.subarray(0, length))).rejects.toBeInstanceOf(FormatError);
    }
  }
});

const entries = torchEntries(pickleOf(sound));
const changed = (name: string, change: object) =>
  zipOf(entries.map((entry) => (entry.name === `archive/${name}` ? { ...entry, ...change } : entry)));
const added = (name: string) => zipOf([...entries, { name, bytes: Uint8Array.of(1) }]);
const notes = (value: string) => ({ bytes: new TextEncoder().encode(value) });

test.each<[string, Uint8Array, RegExp]>([
  [
    'a path upwards',
    added('archive/../../etc/passwd'),
    /plain relative paths, got "archive\/\.\.\/\.\.\/etc\/passwd"/,
  ],
  ['a path through a dot', added('archive/./x'), /plain relative paths/],
  ['an absolute path', added('/etc/passwd'), /plain relative paths, got "\/etc\/passwd"/],
  ['a path of Windows', added('archive\\..\\x'), /plain relative paths/],
  ['a drive of Windows', added('c:/x'), /plain relative paths, got "c:\/x"/],
  ['a NUL in a name', added('archive/a\0b'), /plain relative paths/],
  ['an entry beside the folder', added('other/x'), /every zip entry below archive\/, got "other\/x"/],
  [
    'a name twice',
    zipOf([...entries, ...entries.slice(0, 1)]),
    /each zip entry once, got "archive\/data\.pkl" twice/,
  ],
  ['entries that share bytes', changed('version', { statedOffset: 0 }), /overlaps the next/],
  [
    'a size that overlaps the next entry',
    changed('data/0', { statedSize: 60 }),
    /expected 60 bytes before byte/,
  ],
  [
    'a size beyond the file',
    changed('version', { statedSize: 2 ** 31 }),
    /expected 2147483648 bytes before byte/,
  ],
  [
    'a zip64 size beyond the file',
    changed('version', { statedSize: 2 ** 50, zip64: true }),
    /expected 1125899906842624 bytes before byte/,
  ],
  [
    'a zip64 size of no file',
    changed('version', { statedSize: 2 ** 60, zip64: true }),
    /a length or an offset in a zip record/,
  ],
  [
    'a size other than the one before the contents',
    changed('byteorder', { statedSize: 5 }),
    /archive\/byteorder: .* got 6 bytes/,
  ],
  [
    'a wrong checksum of values',
    changed('data/0', { crc32: 1 }),
    /archive\/data\/0: expected contents with the checksum 1,/,
  ],
  [
    'a wrong checksum of the pickle',
    changed('data.pkl', { crc32: 1 }),
    /archive\/data\.pkl: expected contents with the checksum 1,/,
  ],
  [
    'another name before the values',
    changed('data/0', { localName: 'archive/data/1' }),
    /archive\/data\/0: .* got another name/,
  ],
  [
    'a compressed entry',
    changed('data/0', { method: 8 }),
    /archive\/data\/0: expected stored bytes, .* got compression method 8/,
  ],
  [
    'values in a folder',
    changed('data/0', { attributes: 0x10 }),
    /archive\/data\/0: .* got one marked as a folder/,
  ],
  ['an encrypted entry', changed('data/0', { flags: 1 }), /archive\/data\/0: .* got an encrypted entry/],
  ['big-endian values', changed('byteorder', notes('big')), /little-endian values, got the byte order "big"/],
  ['an unknown byte order', changed('byteorder', notes('pdp')), /got the byte order "pdp"/],
  ['a version of the future', changed('version', notes('99')), /version 1 to 10, got "99"/],
  ['a version before the first', changed('version', notes('0')), /version 1 to 10, got "0"/],
  [
    'a version of the future in a folder of its own',
    changed('version', { name: 'archive/.data/version', ...notes('99') }),
    /version 1 to 10, got "99"/,
  ],
  ['no version', changed('version', notes('x')), /version 1 to 10, got "x"/],
  [
    'bytes behind the pickle',
    changed('data.pkl', { bytes: assemble(...pickleOf(sound), 0) }),
    /expected it to end at byte \d+, got/,
  ],
  ['a TorchScript program', added('archive/constants.pkl'), /got a TorchScript program; save its weights/],
  ['no pickle', zipOf(entries.slice(1)), /expected a zip file that torch\.save wrote/],
  [
    'bytes in front of the zip file',
    assemble(0x50, 0x4b, 3, 4, ...zipOf(entries)),
    /something stands in front of the zip file/,
  ],
  [
    'a directory that stands elsewhere',
    zipOf(entries, { statedDirectory: 3 }),
    /the zip directory to end at byte/,
  ],
  [
    'more records than stated',
    zipOf(entries, { statedCount: 2 }),
    /expected 2 records in the zip directory, got more/,
  ],
  [
    'fewer records than stated',
    zipOf(entries, { statedCount: 5 }),
    /a record of the zip directory, got something else/,
  ],
  [
    'more records than there is room for',
    zipOf(entries, { statedCount: 65534 }),
    /with room for its records/,
  ],
  ['two ends', zipOf(entries, { comment: zipOf([]) }), /one end record of a zip file, got two/],
  [
    'a comment that is cut',
    zipOf(entries, { comment: new Uint8Array(9) }).slice(0, -1),
    /the end record of a zip file, got none/,
  ],
])('a zip file is refused: %s', async (_, bytes, message) => {
  await expect(readTorch(bytes)).rejects.toThrow(message);
});

test.each<[string, Uint8Array, RegExp]>([
  ['big-endian values', torchLegacy(sound, { littleEndian: false }), /little-endian values/],
  ['another version', torchLegacy(sound, { version: 1 }), /version 1001 of the format, got 1/],
  ['a key of no storage', torchLegacy(sound, { keys: ['0', '1'] }), /the keys of 1 storages, each once/],
  ['a key twice', torchLegacy(sound, { keys: ['0', '0'] }), /the keys of 1 storages, each once/],
  ['a storage without a key', torchLegacy(sound, { keys: [] }), /the keys of 1 storages, each once/],
  [
    'another count before the values',
    torchLegacy(sound, { count: 5 }),
    /storage "0": expected 16 bytes, got 5 elements of 4/,
  ],
  ['a negative count', torchLegacy(sound, { count: -1 }), /got -1 elements of 4/],
  [
    'a storage of two lengths',
    torchLegacy(dict({ a: tensor(), b: tensor({ count: 5 }) })),
    /a storage of 16 bytes, as before, got 20/,
  ],
  [
    'a storage longer than the file',
    torchLegacy(dict({ a: tensor({ count: 1000 }) })),
    /values up to byte \d+, got a file of/,
  ],
  ['bytes at the end', assemble(...torchLegacy(sound), 0), /values up to byte \d+, got a file of/],
  ['a global', torchLegacy(global('os', 'system'), {}, {}), /a dict of tensors, got the global os\.system/],
  ['no pickle', assemble(...torchLegacy(sound).slice(0, 15), 0xff), /got 0xff/],
])('a legacy file is refused: %s', async (_, bytes, message) => {
  await expect(readTorch(bytes)).rejects.toThrow(message);
});
