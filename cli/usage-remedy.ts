/** What to write instead of words that other tools know, behind usage errors of commander. */

const FLAGS: Readonly<Record<string, string>> = {
  '--device': '(Did you mean --backend?)',
  '--dtype': '(Did you mean --precision? convert --dtype writes smaller files)',
};

/** A usage error with its remedy in a line below; as it is where commander has one, or there is none. */
export function withUsageRemedy(error: string): string {
  const [, kind, word = ''] = /unknown (option|command) '([^'\n]+)'\n?$/.exec(error) ?? [];
  const remedy =
    kind === 'command' ? `(a verb comes first, as in: dinov2 embed ${word})` : kind && FLAGS[word];
  return remedy === undefined ? error : `${error.trimEnd()}\n${remedy}\n`;
}
