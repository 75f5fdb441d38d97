/** The list of families, and what is found through it. */
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import type { KeySchemeName } from '../../weights/key-schemes/key-scheme.ts';
import type { MappedCheckpoint } from '../../weights/key-schemes/map-checkpoint.ts';
import { widthOf } from '../heads/head.ts';
import { isOfHead } from '../heads/heads.ts';
import type { FamilyFiles } from '../loading/family-files.ts';
import type { ModelClass } from '../loading/model-class.ts';
import { DINOV2 } from './dinov2/family.ts';
import type { Family } from './family.ts';

/** Every family. */
export const FAMILIES = [DINOV2] as const satisfies readonly Family[];

type AnyClass = (typeof FAMILIES)[number]['classes'][number];

/** A model of any class. */
export type AnyModel = ReturnType<AnyClass['create']>;

/** A configuration of any family. */
export type AnyConfig = AnyModel['config'];

/** The name of a class. */
export type Architecture = AnyClass['architectures'][0];

/** Which of the automatic classes gives a class. */
export type ModelKind = AnyClass['kind'];

/** The models of a kind. */
export type ModelOfKind<Kind extends ModelKind> = ReturnType<Extract<AnyClass, { kind: Kind }>['create']>;

/** Any class, by the type of what all of them have. */
export type ListedClass = ModelClass<AnyModel> & {
  readonly files: FamilyFiles<AnyConfig>;
  readonly architectures: readonly [Architecture, ...string[]];
  readonly kind: ModelKind;
};

/** How the models of all families stand in files. */
export const FAMILY_FILES: readonly FamilyFiles<AnyConfig>[] = FAMILIES.map(({ files }) => files);

/** Every class. */
export const MODEL_CLASSES: readonly ListedClass[] = FAMILIES.flatMap(
  ({ classes }): readonly ListedClass[] => classes,
);

/** The names of all classes, which are those of transformers without `WithRegisters`. */
export const ARCHITECTURES: readonly Architecture[] = MODEL_CLASSES.map(
  ({ architectures }) => architectures[0],
);

/** The class of a name, which may be that of transformers for another model type; undefined if there is none. */
export function classNamed(architecture: string): ListedClass | undefined {
  return MODEL_CLASSES.find(({ architectures }) => architectures.some((name) => name === architecture));
}

/**
 * The class of a name that a user gives.
 *
 * @throws OptionError if there is none
 */
export function requireClass(architecture: string): ListedClass {
  const found = MODEL_CLASSES.find(({ architectures }) => architectures[0] === architecture);
  if (found !== undefined) return found;
  throw new OptionError(
    `architecture: expected one of ${ARCHITECTURES.join(', ')}, got ${shown(architecture)}`,
  );
}

/** The classes of a kind, one of each family that has it. */
export function classesOfKind<Kind extends ModelKind>(kind: Kind): Extract<AnyClass, { kind: Kind }>[] {
  const classes: readonly AnyClass[] = FAMILIES.flatMap((family): readonly AnyClass[] => family.classes);
  return classes.filter((each): each is Extract<AnyClass, { kind: Kind }> => each.kind === kind);
}

/** The family that files are of. */
export function familyOf(files: FamilyFiles<AnyConfig>): (typeof FAMILIES)[number] {
  return FAMILIES.find((family) => family.files === files) ?? FAMILIES[0];
}

/**
 * The class that has all weights of a checkpoint: that of its head, or the bare model.
 *
 * Of heads that systems call alike it is the one whose class is named, or whose shapes the weights have.
 *
 * @param architectures the classes that its `config.json` names
 */
export function classOfWeights(
  files: FamilyFiles<AnyConfig>,
  { parameters, scheme }: Pick<MappedCheckpoint, 'parameters' | 'scheme'>,
  architectures: readonly string[],
): ListedClass {
  const classes: readonly ListedClass[] = familyOf(files).classes;
  const names = [...parameters.keys()];
  const having = classes.filter(({ head }) => head && names.some((name) => isOfHead(name, head)));
  return (
    having.find((each) => each.architectures.some((name) => architectures.includes(name))) ??
    having.find(({ head }) => head?.fits(parameters, widthOf(parameters), scheme.name)) ??
    having[0] ??
    familyOf(files).classes[0]
  );
}

/** The systems whose names a family's weights can have, in words. */
export const KEY_SCHEME_DESCRIPTIONS: Readonly<Partial<Record<KeySchemeName, string>>> = Object.fromEntries(
  FAMILY_FILES.flatMap(({ names }) =>
    Object.values(names.schemes).map(({ name, description }) => [name, description] as const),
  ),
);
