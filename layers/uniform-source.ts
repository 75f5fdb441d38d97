/** Random numbers of a training step. */

/** Where layers that drop something at random get their random numbers from. */
export interface UniformSource {
  /**
   * Uniform numbers in [0, 1).
   *
   * @param name what they are for, such as `blocks.0.drop_path1`: asked again under one name in one step, it gives the same
   *   numbers, as a block may be computed twice
   * @param size how many
   */
  uniform(name: string, size: number): Float32Array;
}

/** The source under a prefix, as `WeightReader.scope` is. */
export function scoped(source: UniformSource, prefix: string): UniformSource {
  return { uniform: (name, size) => source.uniform(`${prefix}.${name}`, size) };
}
