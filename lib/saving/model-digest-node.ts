/** Digests by Node's OpenSSL. */
import { createHash } from 'node:crypto';
import type { AnyModel } from '../families/families.ts';

/** How many hexadecimal digits tell one from another. */
const DIGITS = 12;

/** As `modelDigest` says. */
export async function digestOfModel(model: AnyModel): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(model.config));
  for (const [name, tensor] of model.parameters) {
    const { buffer, byteOffset, byteLength } = await tensor.data<'float32'>();
    hash.update(`${name} ${tensor.shape}`).update(new Uint8Array(buffer, byteOffset, byteLength));
  }
  return hash.digest('hex').slice(0, DIGITS);
}

/** A digest of whatever JSON has. */
export function digestOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, DIGITS);
}
