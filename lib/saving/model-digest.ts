/** What tells models apart. */
import { requireNode } from '../../platform/require-node.ts';
import type { AnyModel } from '../families/families.ts';

/**
 * A digest of a model's configuration and the values of all its weights, of which one at a time is read. Needs Node.
 *
 * @returns 12 hexadecimal digits of SHA-256
 */
export async function modelDigest(model: AnyModel): Promise<string> {
  requireNode('modelDigest');
  const { digestOfModel } = await import('#node/lib/saving/model-digest');
  return digestOfModel(model);
}
