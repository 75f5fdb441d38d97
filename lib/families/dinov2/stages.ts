/** Which stages of a backbone are returned. */
import { ConfigError } from '../../../errors/errors.ts';
import { shown } from '../../../errors/shown.ts';
import { wrongSetting } from '../../../errors/wrong-setting.ts';

/** The stages asked for, by name and by index, both in order. */
export interface Stages {
  outFeatures: readonly string[];
  outIndices: readonly number[];
}

/** `stem`, `stage1`, … `stage{L}`. */
export function stageNames(numHiddenLayers: number): string[] {
  return ['stem', ...Array.from({ length: numHiddenLayers }, (_, i) => `stage${i + 1}`)];
}

/**
 * Resolves names or indices of stages; without either, the last stage.
 *
 * Source: transformers 5.23.0, `backbone_utils.py`, `set_output_features_output_indices`.
 *
 * @param numHiddenLayers L
 * @param outFeatures stage names, in stage order, each once
 * @param outIndices indices into the stage names, negative from the end, in stage order, each once
 * @throws ConfigError if a stage doesn't exist, comes twice or out of order, or names and indices differ
 */
export function resolveStages(
  numHiddenLayers: number,
  outFeatures?: readonly string[],
  outIndices?: readonly number[],
): Stages {
  const names = stageNames(numHiddenLayers);
  const fromNames = outFeatures?.map((name) => {
    const index = names.indexOf(name);
    if (index < 0) wrongSetting('outFeatures', `some of ${names.join(', ')}`, name);
    return index;
  });
  const fromIndices = outIndices?.map((index) => {
    const positive = index < 0 ? index + names.length : index;
    if (!Number.isSafeInteger(index) || positive < 0 || positive >= names.length) {
      wrongSetting('outIndices', `integers from ${-names.length} to ${names.length - 1}`, index);
    }
    return positive;
  });
  if (fromNames !== undefined) requireOrder('outFeatures', fromNames, outFeatures);
  if (fromIndices !== undefined) requireOrder('outIndices', fromIndices, outIndices);
  if (fromNames !== undefined && fromIndices !== undefined && String(fromNames) !== String(fromIndices)) {
    throw new ConfigError(
      `outIndices: expected the stages of outFeatures ${shown(outFeatures)}, got ${shown(outIndices)}; give one of the two`,
    );
  }
  const indices = fromNames ?? fromIndices ?? [numHiddenLayers];
  return { outIndices: indices, outFeatures: indices.map((index) => names[index] ?? '') };
}

function requireOrder(
  where: string,
  indices: readonly number[],
  given: readonly unknown[] | undefined,
): void {
  for (const [i, index] of indices.entries()) {
    const previous = indices[i - 1];
    if (previous !== undefined && previous >= index) {
      wrongSetting(where, 'each stage once, in stage order', given);
    }
  }
}
