/** The configurations of the published checkpoints. */
import { wrongSetting } from '../../../errors/wrong-setting.ts';
import { Dinov2Config } from './dinov2-config.ts';
import type { Dinov2ConfigFields } from './dinov2-fields.ts';

/** The four sizes of the paper; every published model has 14-pixel patches and was finished at 518×518 pixels. */
const SIZES = {
  small: { hiddenSize: 384, numHiddenLayers: 12, numAttentionHeads: 6 },
  base: { hiddenSize: 768, numHiddenLayers: 12, numAttentionHeads: 12 },
  large: { hiddenSize: 1024, numHiddenLayers: 24, numAttentionHeads: 16 },
  giant: { hiddenSize: 1536, numHiddenLayers: 40, numAttentionHeads: 24, useSwigluFfn: true },
} satisfies Record<string, Dinov2ConfigFields>;

/** What stands before the size in their names, and the model type it means. */
const MODEL_TYPES = { dinov2: 'dinov2', 'dinov2-with-registers': 'dinov2_with_registers' } as const;

/** The published checkpoints, without the `facebook/` of their Hub ids. */
export type PresetName = `${keyof typeof MODEL_TYPES}-${keyof typeof SIZES}`;

const PRESETS = new Map<string, Dinov2ConfigFields>(
  Object.entries(MODEL_TYPES).flatMap(([name, modelType]) =>
    Object.entries(SIZES).map(([size, fields]) => [`${name}-${size}`, { modelType, ...fields }] as const),
  ),
);

/** Every published checkpoint that `presetConfig` knows. */
export const PRESET_NAMES = [...PRESETS.keys()] as readonly PresetName[];

/**
 * The configuration of a published checkpoint, without a head.
 *
 * Source: Oquab et al., DINOv2, arXiv:2304.07193, table 17; Darcet et al., Vision Transformers Need Registers,
 * arXiv:2309.16588; the `config.json` of the `facebook/dinov2-*` repositories.
 *
 * @param name e.g. `dinov2-base`
 * @param changes fields that differ, e.g. `{ numLabels: 1000 }`
 */
export function presetConfig(name: PresetName, changes: Dinov2ConfigFields = {}): Dinov2Config {
  const preset = PRESETS.get(name);
  if (preset === undefined) wrongSetting('presetConfig', `one of ${PRESET_NAMES.join(', ')}`, name);
  return new Dinov2Config({ imageSize: 518, patchSize: 14, ...preset, ...changes });
}
