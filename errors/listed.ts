/** Lists of names in messages. */

/** The first names, and how many more there are. */
export function listed(names: readonly string[], most: number): string {
  const rest = names.length > most ? ` and ${names.length - most} more` : '';
  return `${names.slice(0, most).join(', ')}${rest}`;
}
