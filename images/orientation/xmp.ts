/** The orientation in a packet of XMP. */

/**
 * The first digit of the first `tiff:Orientation`, an attribute or an element.
 *
 * The packet is searched, not parsed: other prefixes, single quotes and spaces are passed over, as Pillow does.
 *
 * Source: Pillow 13, `Image.py`, `Image.getexif`.
 *
 * @returns 0 to 9, or undefined if there is none
 */
export function xmpOrientation(packet: Uint8Array): number | undefined {
  const text = new TextDecoder('latin1').decode(packet);
  const digit = /tiff:Orientation(?:="|>)([0-9])/.exec(text)?.[1];
  return digit === undefined ? undefined : Number(digit);
}
