/** Outputs that leave nothing behind but themselves. */
import { tidy } from '@tensorflow/tfjs-core';
import type { TraceableOutput } from './traceable.ts';

/** Makes an output and frees every other tensor that was made on the way; if that fails, all of them. */
export function tidyOutput<Output extends TraceableOutput>(make: () => Output): Output {
  const outputs: Output[] = [];
  tidy(() => {
    const output = make();
    outputs.push(output);
    return output.tensors;
  });
  const [output] = outputs;
  if (output === undefined) throw new Error('internal: a forward pass without an output');
  return output;
}
