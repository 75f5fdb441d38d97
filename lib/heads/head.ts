/** What a head is to files: the names of its weights, and what these say of the configuration. */
import type { Checkpoint } from '../../weights/checkpoint.ts';
import type { KeySchemeName, MappedParameter, SchemeRow } from '../../weights/key-schemes/key-scheme.ts';
import type { MappedCheckpoint } from '../../weights/key-schemes/map-checkpoint.ts';

/** Weights by our names. */
export type TensorShapes = ReadonlyMap<string, { readonly shape: readonly number[] }>;

/** A backbone's checkpoint with the head of another file. */
export interface JoinedHead {
  /** closing its checkpoint closes both */
  readonly mapped: MappedCheckpoint;
  /** what the head says of the configuration */
  readonly fields: { readonly numLabels: number; readonly numClassifierLayers: number };
}

/** A head on a backbone; the class that has it names it as its `head`. */
export interface Head {
  /** what our names of its weights begin with, and a dot */
  readonly scope: string;
  /** its rows of the key schemes */
  readonly rows: Readonly<Partial<Record<KeySchemeName, readonly SchemeRow[]>>>;
  /** other ways in which its names are written, and how they are read */
  readonly spellings: readonly (readonly [from: RegExp, to: string])[];
  /** what stands before a system's names in files that have the backbone as a module of its own */
  readonly prefixes: Readonly<Partial<Record<KeySchemeName, string>>>;
  /** why a system can't hold the head */
  readonly lostIn: Readonly<Partial<Record<KeySchemeName, string>>>;
  /**
   * The weights, by our names and the file's, that have its names and are another system's head.
   *
   * @returns empty if there is no head, or one of ours
   */
  foreign(parameters: ReadonlyMap<string, MappedParameter>): [ours: string, theirs: string][];
  /** How to load a model in spite of them, for an error message about these weights of wrong shapes. */
  remedy(parameters: ReadonlyMap<string, MappedParameter>, misshapen: readonly string[]): string | undefined;
  /** The fields of a configuration that its weights tell, on a backbone of the given width. */
  infer(tensors: TensorShapes, width: number): object;
  /** Whether a file holds such a head and nothing else. */
  isFile(file: Pick<Checkpoint, 'tensors'>): boolean;
  /**
   * Joins it, from a file of its own, to a backbone; nothing is read until it is asked for.
   *
   * @throws FormatError if it does not fit, or there is one already; both stay open then
   */
  join(backbone: MappedCheckpoint, file: Checkpoint): JoinedHead;
}
