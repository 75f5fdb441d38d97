/** What a head is to files: the names of its weights, and what these say of the configuration. */
import type { Checkpoint } from '../../weights/checkpoint.ts';
import type { HeadNames, KeySchemeName, MappedParameter } from '../../weights/key-schemes/key-scheme.ts';
import type { MappedCheckpoint } from '../../weights/key-schemes/map-checkpoint.ts';

/** Weights by our names. */
export type TensorShapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/** A backbone's checkpoint with the head of another file. */
export interface JoinedHead {
  /** closing its checkpoint closes both */
  readonly mapped: MappedCheckpoint;
  /** what the head says of the configuration */
  readonly fields: { readonly numLabels: number } & Readonly<Record<string, unknown>>;
}

/** A head on a backbone; the class that has it names it as its `head`. What is optional, most heads do without. */
export interface Head extends HeadNames {
  /** other ways in which its names are written, and how they are read */
  readonly spellings?: readonly (readonly [from: RegExp, to: string])[];
  /**
   * Whether weights in its scope are this head, on a backbone of the given width; asked where neither the user nor
   * `architectures` of a `config.json` says the class.
   *
   * @param system whose names the file has
   */
  fits(tensors: TensorShapes, width: number, system: KeySchemeName): boolean;
  /** The fields of a configuration that its weights tell, on a backbone of the given width. */
  infer(tensors: TensorShapes, width: number): { readonly numLabels?: number };
  /**
   * The weights, by our names and the file's, that have its names and are another system's head.
   *
   * @returns empty if there is no head, or one of ours
   */
  foreign?(parameters: ReadonlyMap<string, MappedParameter>): [ours: string, theirs: string][];
  /** How to load a model in spite of them, for an error message about these weights of wrong shapes. */
  remedy?(parameters: ReadonlyMap<string, MappedParameter>, misshapen: readonly string[]): string | undefined;
  /** Whether a file holds such a head and nothing else; asked where no class is. */
  isFile?(file: Pick<Checkpoint, 'tensors'>, width: number): boolean;
  /**
   * Joins it, from a file of its own, to a backbone; nothing is read until it is asked for.
   *
   * @throws FormatError if it does not fit, or there is one already; both stay open then
   */
  join?(backbone: MappedCheckpoint, file: Checkpoint): JoinedHead;
}

/** D of a backbone; 0 if it has no CLS token. */
export function widthOf(tensors: TensorShapes): number {
  return tensors.get('cls_token')?.shape.at(-1) ?? 0;
}
