/** Sizes in bytes, as people write them. */
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';

const UNITS: Readonly<Record<string, number>> = {
  '': 1,
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KIB: 2 ** 10,
  MIB: 2 ** 20,
  GIB: 2 ** 30,
  TIB: 2 ** 40,
};

/**
 * The bytes in `5GB`, `1.5 GB`, `500MB`, `2GiB` or `1000000`; a GB is 10⁹ bytes as in huggingface_hub, a GiB 2³⁰.
 *
 * @param size text in upper or lower case, or a number of bytes
 * @param where the option, for error messages
 * @throws OptionError if it is no size, or less than a byte
 */
export function parseSize(size: string | number, where: string): number {
  const [, digits, unit] = /^\s*(\d+(?:\.\d+)?)\s*([A-Z]*)\s*$/i.exec(String(size)) ?? [];
  const factor = unit === undefined ? undefined : UNITS[unit.toUpperCase()];
  const bytes = Math.trunc(Number(digits) * (factor ?? Number.NaN));
  if (Number.isSafeInteger(bytes) && bytes > 0) return bytes;
  throw new OptionError(`${where}: expected a size such as 5GB, 500MB or 2GiB, got ${shown(size)}`);
}
