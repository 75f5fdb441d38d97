/** Values of parameters, kept to go back to them. */
import { type Tensor, tensor } from '@tensorflow/tfjs-core';
import { assign } from '../../ops/assign.ts';

/** Values by the names of parameters. */
export type Snapshot = ReadonlyMap<string, Float32Array>;

/** Copies the values of some parameters. */
export async function takeSnapshot(
  parameters: ReadonlyMap<string, Tensor>,
  names: readonly string[],
): Promise<Snapshot> {
  const values = new Map<string, Float32Array>();
  for (const name of names) {
    const parameter = parameters.get(name);
    if (parameter !== undefined) values.set(name, (await parameter.data<'float32'>()).slice());
  }
  return values;
}

/** Gives parameters the values that they had. */
export function restoreSnapshot(parameters: ReadonlyMap<string, Tensor>, snapshot: Snapshot): void {
  for (const [name, data] of snapshot) {
    const parameter = parameters.get(name);
    if (parameter === undefined) continue;
    const values = tensor(data, parameter.shape);
    assign(parameter, values);
    values.dispose();
  }
}
