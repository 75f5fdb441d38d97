/** What to say about tensors of a file that a model is loaded without. */
import { listed } from '../../errors/listed.ts';
import type { MappedCheckpoint } from '../../weights/key-schemes/map-checkpoint.ts';

/** Names that a sentence lists; all of them stand in `MappedCheckpoint`. */
const LISTED = 20;

/**
 * Says which container the weights are from where that was a choice, and which tensors are left out.
 *
 * @returns sentences, with the file in front
 */
export function weightsNotes({ checkpoint, ignored }: MappedCheckpoint): string[] {
  const { where, notes = [], unreadable = new Map<string, string>() } = checkpoint;
  const others = [...unreadable].map(([name, what]) => `${name} (${what})`);
  const sentences = [
    ...notes,
    ...(ignored.length > 0 ? [`left out, as asked for: ${listed(ignored, LISTED)}`] : []),
    ...(others.length > 0 ? [`left out, as no weights of the model: ${listed(others, LISTED)}`] : []),
  ];
  return sentences.map((sentence) => `${where}: ${sentence}`);
}
