/** The numbers that training drew when a reference was made, as a model asks for them. */
import { FormatError } from '../../../errors/errors.ts';
import type { UniformSource } from '../../../layers/uniform-source.ts';
import type { Reference } from '../reference.ts';

const DROP_PATH = /^blocks\.(\d+)\.drop_path([12])$/;

/** Whether a reference was made in training. */
export function hasUniforms({ inputs }: Reference): boolean {
  return [...inputs.keys()].some((name) => name === 'uniform' || name.startsWith('uniform.'));
}

/** Gives the rows of `uniform` [L, 2, B] for the two branches of each block, and `uniform.{name}` for any other name. */
export class ReferenceUniforms implements UniformSource {
  private readonly reference: Reference;

  /** @param reference outlives it */
  constructor(reference: Reference) {
    this.reference = reference;
  }

  /** @throws FormatError if the reference has no such numbers, or not so many */
  uniform(name: string, size: number): Float32Array {
    const { inputs, where } = this.reference;
    const values = this.ofBranch(name) ?? inputs.get(`uniform.${name}`)?.values;
    if (values?.length === size) return Float32Array.from(values);
    throw new FormatError(
      `${where}: expected ${size} numbers that were drawn for ${name}, got ${values?.length ?? 'none'}; without them the model can't be made to drop the same`,
    );
  }

  private ofBranch(name: string): Float32Array | Float64Array | undefined {
    const [, block, branch] = DROP_PATH.exec(name) ?? [];
    const found = this.reference.inputs.get('uniform');
    if (found === undefined || block === undefined) return undefined;
    const [, , B = 0] = found.shape;
    const row = 2 * Number(block) + Number(branch) - 1;
    return found.values.subarray(row * B, (row + 1) * B);
  }
}
