/** Whether a task was given the model that it needs. */

import { tagOf } from '../../bytes/tag-of.ts';
import { OptionError } from '../../errors/errors.ts';
import { shown } from '../../errors/shown.ts';
import { modelOf } from '../../graph/engines/runnable.ts';
import { isTraceable } from '../../graph/traceable.ts';

/**
 * Refuses what TypeScript would: a promise of a model, a model of another class, anything else.
 *
 * @param where the task, for the error message
 * @param architecture the class that the task is for
 * @throws OptionError saying how to get the model that is needed
 */
export function requireModel(where: string, model: unknown, architecture: string): void {
  const found = modelOf(model as Parameters<typeof modelOf>[0]);
  if (isTraceable(found) && found.architecture === architecture) return;
  throw new OptionError(`${where}: expected a ${architecture}, got ${describe(model, found, architecture)}`);
}

function describe(model: unknown, found: unknown, architecture: string): string {
  if (tagOf(model) === 'Promise') return 'a promise; await it';
  const remedy = `load it by ${architecture}.fromPretrained`;
  if (isTraceable(found)) return `a ${found.architecture}; ${remedy}`;
  return `${typeof model === 'object' && model !== null ? `an object of the kind ${tagOf(model)}` : shown(model)}; ${remedy}`;
}
