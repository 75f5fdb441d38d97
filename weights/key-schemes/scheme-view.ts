/** A checkpoint under the names of another system. */
import { FormatError } from '../../errors/errors.ts';
import { type Checkpoint, ofTensor, type TensorInfo } from '../checkpoint.ts';
import type { FamilyNames, KeyScheme, SchemeView, SchemeViewOptions } from './key-scheme.ts';
import { fill, generalise } from './name-pattern.ts';
import { RecentReads } from './recent-reads.ts';

/**
 * Sees a checkpoint under the names of another system: renamed, and with what that system splits split by rows.
 *
 * A checkpoint with a head gets the names that classifiers of transformers and of the original code have. Values keep their bytes, except those
 * that `lost` names.
 *
 * @param canonical under our names, as `canonicalView` or an earlier stage gives it
 * @param to a scheme of the family
 * @throws FormatError if a tensor has no place in any scheme or can't be split, or the system has no such models
 */
export function schemeView(
  canonical: Checkpoint,
  family: FamilyNames,
  to: KeyScheme,
  options: SchemeViewOptions = {},
): SchemeView {
  requireKnown(canonical, family);
  const view = family.prepare(canonical, to, options);
  return { ...view, checkpoint: renamed(view.checkpoint, family, to, options) };
}

function requireKnown({ where, tensors }: Checkpoint, { model, schemes }: FamilyNames): void {
  const ours = new Set(Object.values(schemes).flatMap(({ rows }) => rows.map(([name]) => name)));
  const unknown = [...tensors.keys()].filter((name) => !ours.has(generalise(name).pattern));
  if (unknown.length > 0) {
    throw new FormatError(`${where}: expected the tensors of ${model}, got also ${unknown.join(', ')}`);
  }
}

/** Rows of a tensor under our name. */
interface Rows {
  readonly ours: string;
  readonly part: number;
  readonly parts: number;
}

function renamed(
  source: Checkpoint,
  family: FamilyNames,
  scheme: KeyScheme,
  options: SchemeViewOptions,
): Checkpoint {
  const theirsOf = new Map(scheme.rows);
  const tensors = new Map<string, TensorInfo>();
  const rowsOf = new Map<string, Rows>();
  for (const [ours, info] of source.tensors) {
    const { pattern, ...placeholders } = generalise(ours);
    const theirs = theirsOf.get(pattern) ?? [];
    for (const [part, row] of theirs.entries()) {
      const name = family.prefixOf(ours, source, scheme, options) + fill(row, placeholders);
      tensors.set(name, { ...rowsInfo(info, theirs.length, source.where), name });
      rowsOf.set(name, { ours, part, parts: theirs.length });
    }
  }
  const recent = new RecentReads(source);
  return {
    ...source,
    tensors,
    async read(name) {
      const { ours, part, parts } = ofTensor(rowsOf, name, source.where);
      if (parts === 1) return source.read(ours);
      const whole = await recent.read(ours);
      const length = whole.byteLength / parts;
      return whole.slice(part * length, (part + 1) * length);
    },
  };
}

function rowsInfo(info: TensorInfo, parts: number, where: string): TensorInfo {
  const [rows = 0, ...rest] = info.shape;
  if (parts === 1) return info;
  if (info.shape.length === 0 || rows % parts !== 0) {
    throw new FormatError(
      `${where}: ${info.name}: expected rows that divide by ${parts}, got [${info.shape.join(', ')}]`,
    );
  }
  return { ...info, shape: [rows / parts, ...rest], byteLength: info.byteLength / parts };
}
