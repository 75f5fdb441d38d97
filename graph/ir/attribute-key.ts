/** Keys of attributes, by which they are compared. */
import type { Attribute, Attributes } from '../../ops/operation.ts';

/** A text that is the same for equal attributes alone; JSON has one for all numbers that are not finite. */
export function attributeKey(attributes: Attribute | Attributes | undefined): string {
  return String(
    JSON.stringify(attributes, (_, value: unknown) =>
      typeof value === 'number' && (!Number.isFinite(value) || Object.is(value, -0))
        ? { number: Object.is(value, -0) ? '-0' : String(value) }
        : value,
    ),
  );
}
