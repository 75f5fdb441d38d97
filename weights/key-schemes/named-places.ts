/** Where a tensor stands in our weights that has a name of any system, when nothing else of its file is known. */
import type { FamilyNames } from './key-scheme.ts';
import { fill, generalise } from './name-pattern.ts';
import { Places } from './places.ts';
import { ownName, withoutWrappers } from './plain-names.ts';

/** One of our weights, or rows of one: part 1 of 3 of `blocks.0.attn.qkv.weight` are its keys. */
export interface NamedPlace {
  readonly ours: string;
  readonly part: number;
  readonly parts: number;
}

/**
 * The places that a name has, one for each system that has it. Systems that call different weights alike are told apart by
 * which of them a model has.
 *
 * @param name as it may stand in a file, behind wrappers and prefixes of modules
 */
export function namedPlaces(name: string, family: FamilyNames): NamedPlace[] {
  const own = ownName(withoutWrappers(name), family);
  const { pattern, ...placeholders } = generalise(own);
  return Object.values(family.schemes).flatMap((scheme) => {
    const place = new Places(scheme).of(own);
    if (place === undefined) return [];
    const { theirs } = place;
    return { ours: fill(place.ours, placeholders), part: theirs.indexOf(pattern), parts: theirs.length };
  });
}
