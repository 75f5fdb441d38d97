/** A reference's inputs as a traced model takes them. */
import type { EngineArray } from '../../graph/engines/engine.ts';
import type { TraceOptions } from '../../graph/tracing/trace.ts';
import type { Reference } from '../../lib/parity/reference.ts';

/** Inputs by name, without the labels, which are the loss's and no part of a graph. */
export function caseInputs({ inputs }: Reference): Map<string, EngineArray> {
  const arrays = new Map<string, EngineArray>();
  for (const [name, { shape, values }] of inputs) {
    if (name === 'labels') continue;
    const masked = name === 'bool_masked_pos';
    arrays.set(name, {
      data: masked ? Uint8Array.from(values) : Float32Array.from(values),
      shape,
      dtype: masked ? 'bool' : 'float32',
    });
  }
  return arrays;
}

/** How the model is to be traced, so that it takes these inputs and gives what the reference expects. */
export function caseTraceOptions(
  { expected }: Reference,
  inputs: ReadonlyMap<string, EngineArray>,
): TraceOptions {
  const expects = (prefix: string) => [...expected.keys()].some((name) => name.startsWith(prefix));
  return {
    outputHiddenStates: expects('hidden_states.'),
    outputAttentions: expects('attentions.'),
    boolMaskedPos: inputs.get('bool_masked_pos'),
    attentionMask: inputs.get('attention_mask'),
  };
}
