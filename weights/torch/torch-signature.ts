/** The first bytes of the files of torch.save. */

/** Bytes from the start of a file that tell what it is. */
export const SIGNATURE_BYTES = 64;

/** The header of the first entry. */
const ZIP = [0x50, 0x4b, 0x03, 0x04];

/** The opcode of a long integer, its length, and the magic number of legacy files. */
const LEGACY = [0x8a, 0x0a, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19];

const OPENING_BRACE = 0x7b;

/** Whether a file begins as a zip file does. */
export function isZip(start: Uint8Array): boolean {
  // the length of a safetensors header may begin like this too, but then a brace follows it
  return ZIP.every((byte, i) => start[i] === byte) && start[8] !== OPENING_BRACE;
}

/** Whether a file begins with a pickle of the magic number; from protocol 4 on, there is a frame around it. */
function isLegacy(start: Uint8Array): boolean {
  return [2, 11].some((at) => LEGACY.every((byte, i) => start[at + i] === byte));
}

/**
 * Whether a file is one of torch.save.
 *
 * @param start its first `SIGNATURE_BYTES`, or all it has
 */
export function isTorch(start: Uint8Array): boolean {
  return isZip(start) || isLegacy(start);
}
