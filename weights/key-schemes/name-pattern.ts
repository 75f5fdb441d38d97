/** Names of tensors and the patterns that stand for them in the tables. */

/** A name as it stands in a table, and what its placeholders stood for. */
export interface NamePattern {
  /** with `{i}` for the number of a block and `{p}` for `weight`, `bias` or `weight_scale` */
  readonly pattern: string;
  /** the number of the block, or nothing */
  readonly block: string;
  /** `weight`, `bias`, `weight_scale`, or nothing */
  readonly kind: string;
}

/** Finds the pattern of a name, in any scheme. */
export function generalise(name: string): NamePattern {
  let block = '';
  let kind = '';
  const pattern = name
    .replace(/(^|\.)(blocks|layer)\.(\d+)\./, (_, before: string, stem: string, index: string) => {
      block = index;
      return `${before}${stem}.{i}.`;
    })
    .replace(/\.(weight|bias|weight_scale)$/, (_, ending: string) => {
      kind = ending;
      return '.{p}';
    });
  return { pattern, block, kind };
}

/** The name that a pattern and its placeholders stand for. */
export function fill(pattern: string, { block, kind }: Pick<NamePattern, 'block' | 'kind'>): string {
  return pattern.replace('{i}', block).replace('{p}', kind);
}
