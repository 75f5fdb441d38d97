/** An output beside the truth. */
import { AgreementTally } from '../../lib/parity/precisions/agreement.ts';
import type { Done } from '../protocol.ts';

/**
 * How far an output is from the truth.
 *
 * @param output [B, T, D], CLS tokens first
 * @param truth the same in float64
 * @param batch B
 * @param tokens T
 * @throws Error if it has another number of values
 */
export function compareOutput(
  output: Float32Array | undefined,
  truth: Float64Array,
  batch: number,
  tokens: number,
): Required<Pick<Done, 'value' | 'cosines'>> {
  if (output?.length !== truth.length) {
    throw new Error(`bench: expected ${truth.length} values, got ${output?.length}`);
  }
  const width = truth.length / (batch * tokens);
  const tallies = { cls: new AgreementTally(), others: new AgreementTally() };
  for (let from = 0; from < truth.length; from += width) {
    const kind = (from / width) % tokens === 0 ? 'cls' : 'others';
    tallies[kind].add(output.subarray(from, from + width), truth.subarray(from, from + width), width);
  }
  const [cls, others] = [tallies.cls.agreement, tallies.others.agreement];
  // a difference that is no number is the largest
  return { value: Math.max(cls.maxAbs, others.maxAbs), cosines: { cls: cls.worst, others: others.worst } };
}
