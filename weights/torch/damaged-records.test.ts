/** Zip files with one byte of a record changed. */
import { dict, pickleOf, tensor } from '../testing/pickle-assembler.ts';
import { readTorch } from '../testing/read-torch.ts';
import { FOUR, torchEntries, torchZip } from '../testing/torch-file.ts';
import { zipOf } from '../testing/zip-builder.ts';
import { isTorch } from './torch-signature.ts';

const sound = dict({ a: tensor() });
const plain = zipOf(torchEntries(pickleOf(sound)));
const zip64 = torchZip(sound, FOUR, { zip64: true });

function changed(bytes: Uint8Array, at: number, value: number): Uint8Array {
  const copy = bytes.slice();
  copy[at] = value;
  return copy;
}

/** Places of the records of `archive/data/0`: in front of its contents, and in the directory. */
const text = new TextDecoder('latin1').decode(plain);
const LOCAL = text.indexOf('archive/data/0') - 30;
const DIRECTORY = text.lastIndexOf('archive/data/0') - 46;
const END = plain.length - 22;
const END_64 = zip64.length - 22 - 20 - 56;
const LOCATOR = zip64.length - 22 - 20;

test.each<[string, Uint8Array, RegExp]>([
  [
    'the signature before the contents',
    changed(plain, LOCAL, 0),
    /agrees with the directory, got something else/,
  ],
  ['the flags before the contents', changed(plain, LOCAL + 6, 1), /got an encrypted or compressed entry/],
  ['the method before the contents', changed(plain, LOCAL + 8, 8), /got an encrypted or compressed entry/],
  ['the length of the name', changed(plain, LOCAL + 26, 13), /got another name/],
  ['more fields than there is room for', changed(plain, LOCAL + 29, 1), /which overlap what stands at/],
  ['strong encryption', changed(plain, DIRECTORY + 8, 0x40), /got an encrypted entry/],
  ['the packed size', changed(plain, DIRECTORY + 20, 15), /expected 16 stored bytes, got 15/],
  ['the part that an entry is in', changed(plain, DIRECTORY + 34, 1), /a zip file in one piece/],
  ['a name that is no UTF-8', changed(plain, DIRECTORY + 46 + 13, 0xff), /names of zip entries in UTF-8/],
  ['the part that the end is in', changed(plain, END + 4, 1), /a zip file in one piece/],
  ['the place of the zip64 end', changed(zip64, LOCATOR + 8, 1), /the zip64 end record at byte/],
  [
    'the signature of the zip64 end',
    changed(zip64, END_64, 0),
    /the zip64 end record at byte|got something else/,
  ],
  ['the length of the zip64 end', changed(zip64, END_64 + 4, 45), /got something else/],
  ['the part that the zip64 end is in', changed(zip64, END_64 + 16, 1), /a zip file in one piece/],
  [
    'the count beside the zip64 end',
    changed(zip64, zip64.length - 22 + 10, 3),
    /one place of the zip directory/,
  ],
])('%s is refused', async (_, bytes, message) => {
  await expect(readTorch(bytes)).rejects.toThrow(message);
});

test('a safetensors file whose length begins like a zip file is none of torch', () => {
  const start = [0x50, 0x4b, 3, 4, 0, 0, 0, 0];
  expect(isTorch(Uint8Array.of(...start, 0x7b))).toBe(false);
  expect(isTorch(Uint8Array.of(...start, 0))).toBe(true);
});
