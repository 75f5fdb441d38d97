/** Where this library differs from Pillow on purpose. */
import type { Comparison } from './compare.ts';

/** A kind of disagreement that stays, and why. */
interface Reason {
  /** whether Pillow raises this */
  raised: RegExp;
  /** which images */
  kind: RegExp;
  why: string;
}

/** Images that are read although Pillow raises; none is read otherwise than Pillow reads it. */
const REASONS: readonly Reason[] = [
  {
    kind: /exif|eXIf|EXIF|tEXt|zTXt/,
    raised: /not a TIFF file|unpack requires a buffer|fromhex/,
    why: 'EXIF data that are damaged say nothing about pixels, which are taken as upright',
  },
  {
    kind: /exif|eXIf|EXIF|tEXt|zTXt/,
    raised: /required argument is not an|bad operand type for abs|has no attribute 'encode'/,
    why: 'Pillow has turned the pixels, and fails to write the EXIF data anew without their orientation',
  },
];

/** @returns why a disagreement is meant, or undefined if it is a fault */
export function reasonFor({ kind, error, refusal }: Comparison): string | undefined {
  if (error === null || refusal !== undefined) return undefined;
  return REASONS.find((reason) => reason.kind.test(kind) && reason.raised.test(error))?.why;
}
