/** The size of parts as few as can be, equal but for rounding up to a multiple; the whole where it fits. */
export function equalParts(whole: number, most: number, multiple: number): number {
  if (whole <= most) return whole;
  const parts = Math.ceil(whole / most);
  return Math.ceil(whole / parts / multiple) * multiple;
}
