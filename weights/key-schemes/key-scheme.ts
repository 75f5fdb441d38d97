/** What the engine of key schemes is handed: the names that systems give to the weights of a family of models. */
import type { Checkpoint, TensorInfo } from '../checkpoint.ts';

/** One row: our name, and the tensors of the other system that hold it; rows of those follow one another in ours. */
export type SchemeRow = readonly [ours: string, theirs: readonly string[]];

/** The systems, by what the command calls them. */
export type KeySchemeName = 'hf' | 'hf5' | 'original' | 'timm' | 'candle';

/** A tensor that a system can't hold, or needs and was not there. */
export interface TensorNote {
  /** our name */
  readonly name: string;
  readonly why: string;
}

/** A checkpoint as another system would have it, and what that costs. */
export interface SchemeView {
  /** closing it closes the file */
  readonly checkpoint: Checkpoint;
  /** what the system has no place for */
  readonly lost: readonly TensorNote[];
  /** what the system asks for and the source has not */
  readonly added: readonly TensorNote[];
}

/** How systems name what stands on a backbone. */
export interface HeadNames {
  /** what our names of its weights begin with, and a dot; heads that systems call alike have one scope */
  readonly scope: string;
  /** its rows of the key schemes; a system without any has no such head */
  readonly rows: Readonly<Partial<Record<KeySchemeName, readonly SchemeRow[]>>>;
  /** what stands before a system's names in files that have the backbone as a module of its own; default nothing */
  readonly prefixes?: Readonly<Partial<Record<KeySchemeName, string>>>;
  /** why a system can't hold the head though it has its names */
  readonly lostIn?: Readonly<Partial<Record<KeySchemeName, string>>>;
}

/** What a view may differ in. */
export interface SchemeViewOptions {
  /** which head it is, of those that systems call alike; default the family's first */
  head?: HeadNames | undefined;
  /**
   * whether a mask token of zeros is added for transformers where the source has none; default true, as it is for
   * `use_mask_token`. The original code asks for one in any case.
   */
  maskToken?: boolean;
}

/**
 * A system's names, as an invertible table.
 *
 * `{i}` stands for the number of a block and `{p}` for `weight`, `bias`, or `weight_scale` of a weight in 8 bits.
 */
export interface KeyScheme {
  readonly name: KeySchemeName;
  readonly description: string;
  readonly rows: readonly SchemeRow[];
  /** rows that files may have in the place of those */
  readonly otherRows?: readonly SchemeRow[];
}

/** A tensor of the file, with the factors of its rows where it is in 8 bits, or zeros that the file leaves out. */
export type ParameterPart =
  | { readonly tensor: TensorInfo; readonly scales?: TensorInfo }
  | { readonly zeros: number };

/** One of our weights and where its values stand; the parts follow one another in memory. */
export interface MappedParameter {
  readonly shape: readonly number[];
  readonly parts: readonly ParameterPart[];
}

/** Tensors by their plain names. */
export type PlainTensors = ReadonlyMap<string, TensorInfo>;

/** The names of a family's weights. Ours are those of the original code. */
export interface FamilyNames {
  /** what one of its models is called in messages, such as `a DINOv2 model` */
  readonly model: string;
  readonly schemes: Readonly<Partial<Record<KeySchemeName, KeyScheme>>>;
  /** names that every model has once, in any scheme; the first group is what stands before them */
  readonly anchors: readonly RegExp[];
  /** what classifiers, backbones and training code put in front of names; heads stand beside them */
  readonly modules: RegExp;
  /** names that are written in several ways, and in which they are read */
  readonly spellings: readonly (readonly [from: RegExp, to: string])[];
  /** what training keeps beside the model */
  readonly ofTraining: RegExp;
  /** names within the network, whose tensors change what it computes */
  readonly ofNetwork: RegExp;
  /**
   * Recognises the scheme of a file.
   *
   * @throws FormatError listing what was seen if no scheme fits, or two do
   */
  detect(tensors: PlainTensors, where: string): KeyScheme;
  /** Adds what files of a system leave out to the weights found in one. */
  complete(parameters: Map<string, MappedParameter>, scheme: KeyScheme): void;
  /** Makes of a checkpoint under our names one that the rows of a scheme can rename. */
  prepare(canonical: Checkpoint, scheme: KeyScheme, options: SchemeViewOptions): SchemeView;
  /** What stands before a system's name of a weight, by the names of all. */
  prefixOf(
    ours: string,
    canonical: { readonly tensors: ReadonlyMap<string, unknown> },
    scheme: KeyScheme,
    options: SchemeViewOptions,
  ): string;
  /** The name by which transformers orders a weight of its files, which is that of its module. */
  orderName(name: string): string;
  /** The weights, by our name and the file's, that have a row but are of no use to any of the models. */
  foreign(parameters: ReadonlyMap<string, MappedParameter>): [ours: string, theirs: string][];
}
