/** Which values of our gradients a tensor of a reference is to be compared with. */
import { FormatError } from '../../../errors/errors.ts';
import { elementCount } from '../../../shapes/element-count.ts';
import { type NamedPlace, namedPlaces } from '../../../weights/key-schemes/named-places.ts';
import { type AnyModel, FAMILY_FILES } from '../../families/families.ts';

/**
 * Finds the parameter of a model that a name in a file stands for.
 *
 * @param name of a parameter, as a checkpoint of any system has it
 * @param shape of its values there
 * @returns the parameter, and the part of it that has as many values; the original's parameters are whole
 * @throws FormatError if the model has no such parameter, or none of that size
 */
export function gradientPlace(
  where: string,
  { config, parameters }: Pick<AnyModel, 'config' | 'parameters'>,
  name: string,
  shape: readonly number[],
): NamedPlace {
  const known = FAMILY_FILES.filter(({ isConfig }) => isConfig(config))
    .flatMap(({ names }) => namedPlaces(name, names))
    .filter(({ ours }) => parameters.has(ours));
  const fits = ({ ours, parts }: NamedPlace): boolean =>
    parameters.get(ours)?.size === parts * elementCount(shape);
  const found = known.find(fits);
  if (found !== undefined) return found;
  const [first] = known;
  const got = first && `[${parameters.get(first.ours)?.shape.join(', ')}] in ${first.ours}`;
  throw new FormatError(
    `${where}: gradients.${name}: expected a parameter of the model with [${shape.join(', ')}], got ${got ?? 'none of that name'}`,
  );
}
